package amqp

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// A message travels over TLS with certificates of either side, and a silent
// connection is left in time there, too.
func testTLS(t *testing.T, node *rabbittest.Node, trusted *tls.Config) {
	proxy := rabbittest.NewProxy(t, node.TLSAddr())
	via, err := proxy.URL(node.TLSURL())
	if err != nil {
		t.Fatal(err)
	}
	named := trusted.Clone()
	named.ServerName = "rabbit.test"
	for name, config := range map[string]*tls.Config{"by address": trusted, "by name": named} {
		transport := dialTest(t, Config{URL: via, TLS: config})
		q := testQueue(t)
		mustSend(t, transport, testEnvelope(q, "before"))
		proxy.Strand()
		e := testEnvelope(q, "after")
		e.Timeout = sendTimeout
		mustSend(t, transport, e)
		if got := transport.Stats(); got.Connects != 2 || got.ConnectionsLost != 1 {
			t.Errorf("%s: got %+v, want 2 connections of which 1 was lost", name, got)
		}
		transport.Close()
		proxy.Reset()
		if came := takeIDs(t, node.URL(), q.Name); came["before"] != 1 || came["after"] == 0 {
			t.Errorf("%s: got %v in the queue, want both messages", name, came)
		}
	}
}

// Dial says at once, and of which host, what is wrong with certificates.
func testTLSRefused(t *testing.T, node *rabbittest.Node, ca *rabbittest.Authority, trusted *tls.Config) {
	expired := tlsListener(t, ca.Issue("rabbit.test", time.Now().Add(-time.Minute)))
	change := func(change func(c *tls.Config)) *tls.Config {
		c := trusted.Clone()
		change(c)
		return c
	}
	for _, c := range []struct {
		name, host string
		config     *tls.Config
		reason     string
	}{
		{"the system's authorities", node.TLSAddr(), nil, "unknown authority"},
		{"another authority", node.TLSAddr(), change(func(c *tls.Config) { c.RootCAs = rabbittest.NewAuthority(t).Pool() }), "unknown authority"},
		{"another name", node.TLSAddr(), change(func(c *tls.Config) { c.ServerName = "other.test" }), "other.test"},
		{"expired", expired, trusted, "expired"},
		{"no client certificate", node.TLSAddr(), change(func(c *tls.Config) { c.Certificates = nil }), "certificate"},
		{"no client certificate, TLS 1.2", node.TLSAddr(), change(func(c *tls.Config) {
			c.Certificates, c.MaxVersion = nil, tls.VersionTLS12
		}), "certificate"},
		{"a client of another authority", node.TLSAddr(), change(func(c *tls.Config) {
			c.Certificates = []tls.Certificate{rabbittest.NewAuthority(t).Issue("client", time.Now().Add(time.Hour))}
		}), "certificate"},
		{"a port without TLS", node.Addr(), trusted, "TLS"},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		start := time.Now()
		_, err := Dial(ctx, Config{URL: "amqps://" + c.host, TLS: c.config, Logger: slog.New(slog.DiscardHandler)})
		cancel()
		if took := time.Since(start); !isRefusal(err) || took > 10*time.Second {
			t.Errorf("%s: got %v after %s, want a refusal at once", c.name, err, took)
			continue
		}
		if text := err.Error(); !strings.Contains(text, c.host+": ") || !strings.Contains(text, c.reason) {
			t.Errorf("%s: got %q, want an error that names host %s and %q", c.name, text, c.host, c.reason)
		}
	}
}

// A broker that does not know of logins by certificate is not waited for, nor is
// one whose port has TLS by a URL without it.
func testRefusedByProtocol(t *testing.T, node *rabbittest.Node) {
	for url, want := range map[string]string{
		"amqp://" + node.Addr() + "/?auth_mechanism=external": "rabbitmq_auth_mechanism_ssl",
		"amqp://guest:secret@" + node.TLSAddr():               "write amqps://",
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		_, err := Dial(ctx, Config{URL: url, Logger: slog.New(slog.DiscardHandler)})
		cancel()
		if !isRefusal(err) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("got %v, want a refusal with %q", err, want)
		}
	}
}

// An error that stays the same is the same text at every attempt: it is logged
// once.
func TestFailuresThatStayAreOneText(t *testing.T) {
	t.Parallel()
	ca := rabbittest.NewAuthority(t)
	expired := tlsListener(t, ca.Issue("rabbit.test", time.Now().Add(-time.Minute)))
	closing := listenerThat(t, func(c net.Conn) { c.Close() })
	for name, url := range map[string]string{
		"expired": "amqps://" + expired, "closing": "amqp://" + closing, "closing in TLS": "amqps://" + closing,
		"mute": "amqp://" + mute(t), "unresolvable": "amqp://no..such..host", "unreachable": "amqp://" + unreachableHost(t),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			endpoints, login, err := parseURL(url)
			if err != nil {
				t.Fatal(err)
			}
			texts := map[string]bool{}
			for range 3 {
				_, err := dial(t.Context(), Config{
					Credentials: login, DialTimeout: 2500 * time.Millisecond, Heartbeat: time.Second,
					TLS: &tls.Config{RootCAs: ca.Pool()},
				}, endpoints[0], 0, "test", nil)
				texts[err.Error()] = true
				time.Sleep(time.Second / 2) // a text with the time in it changes
			}
			if len(texts) != 1 {
				t.Errorf("got %d texts of 3 failures, want the same: %v", len(texts), texts)
			}
		})
	}
}

func tlsListener(t *testing.T, certificate tls.Certificate) (address string) {
	t.Helper()
	config := &tls.Config{Certificates: []tls.Certificate{certificate}}
	return listenerThat(t, func(c net.Conn) { _ = tls.Server(c, config).Handshake() })
}

// listenerThat does something with each connection that it takes.
func listenerThat(t *testing.T, serve func(c net.Conn)) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	t.Cleanup(func() {
		l.Close()
		<-ended
	})
	go func() {
		defer close(ended)
		for {
			c, err := l.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err == nil {
				serve(c)
				c.Close()
			}
		}
	}()
	return l.Addr().String()
}
