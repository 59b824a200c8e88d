package amqp

import (
	"bytes"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"syscall"
	"time"
)

// wire is the network below a socket. It remembers when the broker was heard
// last, and how reading ended.
type wire struct {
	net.Conn
	start time.Time
	// heard and answered are the last read at all and the last that brought
	// more than a heartbeat, since start.
	heard, answered atomic.Int64
	// alert says that the first thing read was an alert of TLS.
	alert atomic.Bool
	end   atomic.Pointer[error]
}

func newWire(conn net.Conn) *wire { return &wire{Conn: conn, start: time.Now()} }

func (w *wire) Read(b []byte) (int, error) {
	n, err := w.Conn.Read(b)
	if n > 0 {
		now := int64(time.Since(w.start))
		if w.silent() {
			w.alert.Store(bytes.HasPrefix(b[:n], []byte{alertRecord, tlsMajor}))
		}
		w.heard.Store(now)
		if n != heartbeatSize || b[0] != heartbeatFrame {
			w.answered.Store(now)
		}
	}
	if err != nil {
		w.end.CompareAndSwap(nil, &err)
	}
	return n, err
}

// A heartbeat on the wire (AMQP 0-9-1, section 4.2.7): its type and its size.
const (
	heartbeatFrame = 8
	heartbeatSize  = 8
)

// The beginning of a TLS alert (RFC 8446, section 5.1): its type and the version.
const (
	alertRecord = 21
	tlsMajor    = 3
)

// lastHeard returns when anything was read last.
func (w *wire) lastHeard() time.Time { return w.start.Add(time.Duration(w.heard.Load())) }

// lastAnswered leaves out heartbeats, which come whether or not the broker
// hears us.
func (w *wire) lastAnswered() time.Time { return w.start.Add(time.Duration(w.answered.Load())) }

// silent says that nothing was ever read.
func (w *wire) silent() bool { return w.heard.Load() == 0 }

// readError returns how reading ended, nil if it has not.
func (w *wire) readError() error {
	if err := w.end.Load(); err != nil {
		return *err
	}
	return nil
}

// hungUp says that it was the peer who ended a connection.
func hungUp(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}
