package rabbittest

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

const (
	chunkSize = 32 << 10
	// chunksInFlight bounds what one direction of a link keeps while latency
	// holds it.
	chunksInFlight = 64
)

// link is one connection through a proxy: two sockets and a goroutine each to
// read and to write either direction.
type link struct {
	client, broker net.Conn
	once           sync.Once
	ended          chan struct{}
	// stranded says that either side has lost its peer; see [Proxy.Strand].
	stranded atomic.Bool
}

func newLink(client, broker net.Conn) *link {
	return &link{client: client, broker: broker, ended: make(chan struct{})}
}

// reset closes both sockets at once, whatever they still hold.
func (l *link) reset() { l.end(resetConn) }

// end closes both sockets, once.
func (l *link) end(closeConn func(net.Conn)) {
	l.once.Do(func() {
		close(l.ended)
		closeConn(l.client)
		closeConn(l.broker)
	})
}

func closeConn(c net.Conn) { c.Close() }

func resetConn(c net.Conn) {
	c.(*net.TCPConn).SetLinger(0)
	c.Close()
}

// run forwards both directions until both have ended.
func (l *link) run(toBroker, toClient *lane) {
	var both sync.WaitGroup
	both.Go(func() { l.forward(l.client, l.broker, toBroker) })
	both.Go(func() { l.forward(l.broker, l.client, toClient) })
	both.Wait()
	l.end(closeConn)
}

// forward copies one direction until it ends, and passes the end on: the end
// of the stream as such, anything else as a reset.
func (l *link) forward(from, to net.Conn, through *lane) {
	chunks := make(chan chunk, chunksInFlight)
	var reader sync.WaitGroup
	reader.Go(func() {
		defer close(chunks)
		l.read(from, through, chunks)
	})
	defer reader.Wait()
	for c := range chunks {
		l.sleepUntil(c.due)
		if _, err := to.Write(c.bytes); err != nil || c.last {
			l.reset()
		}
	}
	to.(*net.TCPConn).CloseWrite()
}

func (l *link) read(from net.Conn, through *lane, chunks chan<- chunk) {
	for {
		buffer := make([]byte, chunkSize)
		n, err := from.Read(buffer)
		if n > 0 {
			select {
			case chunks <- l.carry(buffer[:n], through):
			case <-l.ended:
				return
			}
		}
		if err != nil {
			// Not even the end of a stream leaves a black hole.
			l.awaitOpen(through)
			if err != io.EOF {
				l.reset()
			}
			return
		}
	}
}

func (l *link) sleepUntil(due time.Time) {
	remaining := time.Until(due)
	if remaining <= 0 {
		return
	}
	select {
	case <-time.After(remaining):
	case <-l.ended:
	}
}
