package rabbittest

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

const (
	soon  = 5 * time.Second        // bounds what must happen
	quiet = 200 * time.Millisecond // long enough for what must not happen
)

// echo serves connections that return every byte, until the test ends.
func echo(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				io.Copy(c, c)
				c.Close()
			}()
		}
	}()
	return l.Addr().String()
}

// proxied returns a proxy before an echo server, and a connection through it
// that has carried bytes both ways.
func proxied(t *testing.T) (*Proxy, *net.TCPConn) {
	t.Helper()
	others := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, others) })
	p := NewProxy(t, echo(t))
	return p, connect(t, p)
}

func connect(t *testing.T, p *Proxy) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	exchange(t, c, "hello")
	return c.(*net.TCPConn)
}

func exchange(t *testing.T, c net.Conn, text string) {
	t.Helper()
	send(t, c, text)
	receive(t, c, text)
}

func send(t *testing.T, c net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
}

func receive(t *testing.T, c net.Conn, want string) {
	t.Helper()
	c.SetReadDeadline(time.Now().Add(soon))
	got := make([]byte, len(want))
	if n, err := io.ReadFull(c, got); err != nil || string(got) != want {
		t.Fatalf("read %q, %v, want %q", got[:n], err, want)
	}
}

func receiveNothing(t *testing.T, c net.Conn) {
	t.Helper()
	c.SetReadDeadline(time.Now().Add(quiet))
	if n, err := c.Read(make([]byte, 1)); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("read %d bytes, %v, want nothing for %s", n, err, quiet)
	}
}

func receiveReset(t *testing.T, c net.Conn) {
	t.Helper()
	c.SetReadDeadline(time.Now().Add(soon))
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Fatalf("read: %v, want %v", err, syscall.ECONNRESET)
	}
}

func TestProxyForwardsAMegabyteAndTheEnd(t *testing.T) {
	p, _ := proxied(t)
	want := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	for range 10 { // what a reset would cut off depends on the moment
		c := connect(t, p)
		go func() {
			c.Write(want)
			c.CloseWrite()
		}()
		c.SetReadDeadline(time.Now().Add(soon))
		if got, err := io.ReadAll(c); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("got %d bytes, %v, want %d", len(got), err, len(want))
		}
	}
}

func TestProxyResetsAllConnections(t *testing.T) {
	p, first := proxied(t)
	second := connect(t, p)
	p.Reset()
	if got := p.Connections(); got != 0 {
		t.Fatalf("got %d connections after the reset, want none", got)
	}
	receiveReset(t, first)
	receiveReset(t, second)
	connect(t, p)
}

func TestProxyRefusesAndRestoresOnTheSamePort(t *testing.T) {
	p, open := proxied(t)
	addr := p.Addr()
	p.Refuse()
	if _, err := net.Dial("tcp", addr); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Fatalf("dial: %v, want %v", err, syscall.ECONNREFUSED)
	}
	exchange(t, open, "still open")
	if err := p.Restore(); err != nil {
		t.Fatal(err)
	}
	if p.Addr() != addr {
		t.Fatalf("got address %s after the restore, want %s", p.Addr(), addr)
	}
	connect(t, p)
}

func TestProxySwallowsOneDirection(t *testing.T) {
	for name, direction := range map[string]Direction{"to broker": ToBroker, "to client": ToClient} {
		t.Run(name, func(t *testing.T) {
			p, c := proxied(t)
			p.Inject(direction, Fault{Swallow: true})
			send(t, c, "lost")
			receiveNothing(t, c)
			p.Heal()
			exchange(t, c, "found")
		})
	}
}

func TestProxySwallowsTheEndOfAStream(t *testing.T) {
	p, c := proxied(t)
	p.Inject(ToBroker, Fault{Swallow: true})
	c.CloseWrite()
	receiveNothing(t, c)
	p.Heal()
	c.SetReadDeadline(time.Now().Add(soon))
	if _, err := c.Read(make([]byte, 1)); err != io.EOF {
		t.Fatalf("read: %v, want %v", err, io.EOF)
	}
}

func TestProxyStallsUntilBuffersAreFull(t *testing.T) {
	p, c := proxied(t)
	p.Inject(ToBroker, Fault{Stall: true})
	c.SetWriteDeadline(time.Now().Add(2 * time.Second))
	sent, err := c.Write(make([]byte, 64<<20))
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("wrote %d bytes, %v, want %v", sent, err, os.ErrDeadlineExceeded)
	}
	receiveNothing(t, c)
	p.Heal()
	c.SetReadDeadline(time.Now().Add(soon))
	if got, err := io.CopyN(io.Discard, c, int64(sent)); err != nil {
		t.Fatalf("read %d of %d stalled bytes: %v", got, sent, err)
	}
}

func TestProxyCutsAfterBytes(t *testing.T) {
	p, c := proxied(t)
	p.Inject(ToClient, Fault{Cut: 6})
	send(t, c, "123")
	receive(t, c, "123")
	send(t, c, "456789")
	receive(t, c, "456")
	receiveReset(t, c)
	connect(t, p)
}

func TestProxyDelaysWithoutNarrowing(t *testing.T) {
	const latency, writes = 100 * time.Millisecond, 20
	p, c := proxied(t)
	p.Inject(ToBroker, Fault{Latency: latency})
	start := time.Now()
	for range writes {
		send(t, c, "x")
		time.Sleep(time.Millisecond) // so that the proxy reads each on its own
	}
	receive(t, c, strings.Repeat("x", writes))
	if took := time.Since(start); took < latency || took > latency*writes/2 {
		t.Fatalf("%d writes took %s, want little more than %s", writes, took, latency)
	}
}

func TestProxyResetsClientWhenTargetIsGone(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	p := NewProxy(t, l.Addr().String())
	c, err := net.Dial("tcp", p.Addr())
	if errors.Is(err, syscall.ECONNRESET) {
		return // the proxy was faster than the dial
	}
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	receiveReset(t, c)
}

func TestProxyURLReplacesTheHost(t *testing.T) {
	p := NewProxy(t, "127.0.0.1:1")
	got, err := p.URL("amqp://u:p@broker:5672/%2F")
	if want := "amqp://u:p@" + p.Addr() + "/%2F"; err != nil || got != want {
		t.Fatalf("got %q, %v, want %q", got, err, want)
	}
}
