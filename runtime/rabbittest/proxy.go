package rabbittest

import (
	"context"
	"errors"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"
)

// dialTimeout bounds the proxy's connection to its target.
const dialTimeout = 2 * time.Second

// Proxy is a TCP proxy on loopback that fails on demand. A fault holds for the
// connections that are open and those to come, and for every byte that the
// proxy has not read yet. The methods may be called concurrently.
type Proxy struct {
	target string
	addr   string

	toBroker *lane
	toClient *lane

	mu       sync.Mutex // guards the fields below
	listener net.Listener
	links    map[*link]struct{}
	closed   bool
	running  sync.WaitGroup
}

// Direction is one of the two ways through a proxy.
type Direction int

// The directions.
const (
	ToBroker Direction = iota
	ToClient
)

// Fault is what a proxy does to the bytes of one direction. The zero value
// forwards them.
type Fault struct {
	// Swallow reads the bytes and forwards none: the sender sees a healthy
	// connection.
	Swallow bool
	// Stall stops reading, so that the sender's buffers fill.
	Stall bool
	// Latency delays every byte, without narrowing the stream.
	Latency time.Duration
	// Cut resets the connection after this many bytes more, counted over all
	// connections, and then forgets itself. Zero means never.
	Cut int
}

// NewProxy opens a proxy before the given host and port. It is closed when the
// test ends.
func NewProxy(t testing.TB, target string) *Proxy {
	t.Helper()
	p, err := openProxy(target)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func openProxy(target string) (*Proxy, error) {
	l, err := listen()
	if err != nil {
		return nil, err
	}
	p := &Proxy{
		target:   target,
		addr:     l.Addr().String(),
		toBroker: newLane(),
		toClient: newLane(),
		links:    make(map[*link]struct{}),
	}
	p.accept(l)
	return p, nil
}

// Addr returns the proxy's host and port, which do not change.
func (p *Proxy) Addr() string { return p.addr }

// URL returns a broker's URL with the proxy in the broker's place.
func (p *Proxy) URL(broker string) (string, error) {
	u, err := url.Parse(broker)
	if err != nil {
		return "", errors.New("not a URL")
	}
	u.Host = p.addr
	return u.String(), nil
}

// Inject sets the fault of one direction in place of the one before.
func (p *Proxy) Inject(d Direction, f Fault) {
	if d == ToBroker {
		p.toBroker.set(f)
	} else {
		p.toClient.set(f)
	}
}

// Heal ends the faults of both directions. Bytes that were swallowed stay so.
func (p *Proxy) Heal() {
	p.toBroker.set(Fault{})
	p.toClient.set(Fault{})
}

// Reset resets every connection (RST) and waits until both sides are closed.
func (p *Proxy) Reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.links {
		l.reset()
		delete(p.links, l)
	}
}

// Refuse makes the proxy refuse new connections. Those that are open stay.
func (p *Proxy) Refuse() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != nil {
		p.listener.Close()
		p.listener = nil
	}
}

// Restore takes connections again, on the same port.
func (p *Proxy) Restore() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != nil || p.closed {
		return nil
	}
	l, err := net.Listen("tcp", p.addr)
	if err != nil {
		return err
	}
	p.accept(l)
	return nil
}

// Connections returns the number of open connections.
func (p *Proxy) Connections() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.links)
}

// Close refuses and resets everything and waits for the proxy's goroutines.
func (p *Proxy) Close() {
	p.Refuse()
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.Reset()
	p.running.Wait()
}

// accept serves l, which becomes the proxy's listener. p.mu is held, or nobody
// else knows p yet.
func (p *Proxy) accept(l net.Listener) {
	p.listener = l
	p.running.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			p.running.Go(func() { p.serve(client) })
		}
	})
}

func (p *Proxy) serve(client net.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), dialTimeout)
	defer cancel()
	broker, err := (&net.Dialer{}).DialContext(ctx, "tcp", p.target)
	if err != nil {
		resetConn(client)
		return
	}
	l := newLink(client, broker)
	if !p.add(l) {
		l.reset()
		return
	}
	l.run(p.toBroker, p.toClient)
	p.mu.Lock()
	delete(p.links, l)
	p.mu.Unlock()
}

func (p *Proxy) add(l *link) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.links[l] = struct{}{}
	return true
}
