package amqp

import (
	"context"
	"log/slog"
	"net"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// mute takes connections and says nothing.
func mute(t *testing.T) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.Addr().String()
}

// unreachableHost does not answer the TCP handshake: its backlog is full.
func unreachableHost(t *testing.T) (address string) {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	bound, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	address = (&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: bound.(*syscall.SockaddrInet4).Port}).String()
	for range 10 {
		c, err := net.DialTimeout("tcp", address, 200*time.Millisecond)
		if err != nil {
			return address
		}
		t.Cleanup(func() { c.Close() })
	}
	t.Fatal("got 10 connections to a host without a backlog, want none in the end")
	return ""
}

// hostsURL is the broker's URL with other hosts before its own.
func hostsURL(t *testing.T, broker string, others ...string) string {
	t.Helper()
	u, err := url.Parse(broker)
	if err != nil {
		t.Fatal("broker URL is malformed")
	}
	return strings.Replace(broker, u.Host, strings.Join(append(others, u.Host), ","), 1)
}

// Whatever is wrong with a host, the next one is asked, wherever one starts.
func TestHostsAreTriedInTurn(t *testing.T) {
	t.Parallel()
	broker := rabbittest.URL(t)
	refusing, _ := proxyTo(t, broker)
	refusing.Refuse()
	for name, host := range map[string]string{
		"refused":      refusing.Addr(),
		"mute":         mute(t),
		"unresolvable": "no..such..host",
		"unreachable":  unreachableHost(t),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const each = 3 * time.Second // more than connectTimeout
			for range 4 {                // starts with either host
				start := time.Now()
				transport := dialTest(t, Config{URL: hostsURL(t, broker, host), DialTimeout: each})
				if took := time.Since(start); took > each+late {
					t.Errorf("Dial took %s, want less than one attempt of %s", took, each)
				}
				transport.Close()
			}
		})
	}
}

// The TCP handshake does not take the whole time that an attempt has.
func TestTCPHandshakeHasItsOwnBound(t *testing.T) {
	t.Parallel()
	host, err := url.Parse("amqp://" + unreachableHost(t))
	if err != nil {
		t.Fatal(err)
	}
	port, _ := strconv.Atoi(host.Port())
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	start := time.Now()
	conn, err := connect(ctx, endpoint{host: host.Hostname(), port: port}, 0)
	if err == nil {
		conn.Close()
	}
	if took := time.Since(start); err == nil || took > connectTimeout+late {
		t.Errorf("connect: got %v after %s, want an error after %s", err, took, connectTimeout)
	}
}

// All hosts that fail in one round are in the error.
func TestDialNamesEveryHost(t *testing.T) {
	t.Parallel()
	broker := rabbittest.URL(t)
	refusing, _ := proxyTo(t, broker)
	refusing.Refuse()
	other := mute(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	_, err := Dial(ctx, Config{URL: "amqp://" + refusing.Addr() + "," + other + "/", DialTimeout: 500 * time.Millisecond, Logger: slog.New(slog.DiscardHandler)})
	if err == nil || !strings.Contains(err.Error(), refusing.Addr()) || !strings.Contains(err.Error(), other) {
		t.Errorf("Dial: got %v, want an error that names %s and %s", err, refusing.Addr(), other)
	}
}

func TestStartIsRandom(t *testing.T) {
	t.Parallel()
	proxies, via := twoHosts(t, rabbittest.URL(t))
	first := map[*rabbittest.Proxy]int{}
	for range 20 {
		transport := dialTest(t, Config{URL: via})
		used, _ := inUse(proxies)
		first[used]++
		transport.Close()
		eventually(t, "the connection is gone", func() bool { return proxies[0].Connections()+proxies[1].Connections() == 0 })
	}
	if len(first) != 2 {
		t.Errorf("got the same host first in all of 20 starts, want either")
	}
}

// A lost connection is made again at the next host, even if the lost one would
// take it.
func TestLostConnectionGoesToTheNextHost(t *testing.T) {
	t.Parallel()
	proxies, via := twoHosts(t, rabbittest.URL(t))
	transport := dialTest(t, Config{URL: via})
	q := testQueue(t)
	for i := range 4 {
		used, other := inUse(proxies)
		used.Reset()
		eventually(t, "connected again", func() bool { return transport.Stats().Connects == int64(i)+2 })
		if other.Connections() != 1 || used.Connections() != 0 {
			t.Errorf("got %d connections to the host that was lost and %d to the other, want 0 and 1", used.Connections(), other.Connections())
		}
		mustSend(t, transport, testEnvelope(q, string(rune('a'+i))))
	}
	if came := takeIDs(t, rabbittest.URL(t), q.Name); len(came) != 4 {
		t.Errorf("got %d messages in the queue, want 4", len(came))
	}
}
