package amqp

import (
	"errors"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// softBuffer is how much may wait to be written before publishers are
	// held back.
	softBuffer = 256 << 10
	// hardBuffer is where a connection that takes nothing is given up. Only
	// acknowledgements and control methods, which are few, can get there.
	hardBuffer = 64 << 20
	// writeTimeout bounds one write to the network.
	writeTimeout = 10 * time.Second
	// lingerTimeout bounds the last write of a connection that is closed.
	lingerTimeout = 500 * time.Millisecond
)

var (
	errOverrun      = errors.New("the peer has stopped reading")
	errSocketClosed = errors.New("socket closed")
)

// socket is a connection on which Write never blocks: it buffers, and one
// goroutine writes what has gathered while the last write was under way. That
// makes one system call for many messages (group commit), and it keeps callers
// of the AMQP library, which holds its locks while it writes, from hanging.
//
// After a failed write, of which a part may have gone out, nothing is written
// any more: the connection is closed and its reader sees the end.
type socket struct {
	net.Conn
	// onRoom is called, without locks held, when the buffer has fallen below
	// softBuffer after having been above it.
	onRoom func()

	size    atomic.Int64 // bytes not yet written
	largest atomic.Int64 // see makeRoom

	mu      sync.Mutex
	wake    *sync.Cond // the flusher waits here; guarded by mu
	pending []byte
	spare   []byte
	closing bool
	err     error // why nothing is written any more

	flushed chan struct{} // closed when the flusher has ended
}

func newSocket(conn net.Conn, onRoom func()) *socket {
	s := &socket{Conn: conn, onRoom: onRoom, flushed: make(chan struct{})}
	s.wake = sync.NewCond(&s.mu)
	go s.flush()
	return s
}

// Write buffers b. It fails once the connection is closed or broken.
func (s *socket) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil && len(s.pending)+len(b) > hardBuffer+int(s.largest.Load()) {
		s.err = errOverrun
		s.Conn.Close()
		s.wake.Signal()
	}
	if s.err != nil {
		return 0, s.err
	}
	if s.closing {
		return 0, errSocketClosed
	}
	s.pending = append(s.pending, b...)
	s.size.Add(int64(len(b)))
	if len(s.pending) == len(b) { // a longer buffer has woken the flusher before
		s.wake.Signal()
	}
	return len(b), nil
}

// makeRoom lets a message of that size be written beside what hardBuffer holds.
// Copies of foreign messages may be as large as the broker allows.
func (s *socket) makeRoom(size int) {
	if size > hardBuffer/4 && int64(size) > s.largest.Load() {
		s.largest.Store(int64(size))
	}
}

// buffered returns how many bytes wait to be written.
func (s *socket) buffered() int { return int(s.size.Load()) }

// flush writes what gathers until the socket is closed or broken.
func (s *socket) flush() {
	defer close(s.flushed)
	for {
		s.mu.Lock()
		for len(s.pending) == 0 && !s.closing && s.err == nil {
			s.wake.Wait()
			s.mu.Unlock()
			runtime.Gosched() // senders that are ready to run get into the same write
			s.mu.Lock()
		}
		if s.err != nil || len(s.pending) == 0 {
			s.mu.Unlock()
			return
		}
		batch := s.pending
		s.pending, s.spare = s.spare[:0], nil
		timeout := writeTimeout
		if s.closing {
			timeout = lingerTimeout
		}
		s.mu.Unlock()

		err := s.Conn.SetWriteDeadline(time.Now().Add(timeout))
		if err == nil {
			_, err = s.Conn.Write(batch)
		}
		left := s.size.Add(int64(-len(batch)))
		if err != nil {
			s.fail(err)
			return
		}
		if cap(batch) <= 2*softBuffer { // do not keep what one burst needed
			s.mu.Lock()
			s.spare = batch
			s.mu.Unlock()
		}
		if s.onRoom != nil && left+int64(len(batch)) >= softBuffer && left < softBuffer {
			s.onRoom()
		}
	}
}

func (s *socket) fail(err error) {
	s.mu.Lock()
	if s.err == nil {
		s.err = err
	}
	s.pending = nil
	s.mu.Unlock()
	s.Conn.Close()
}

// kill breaks the connection at once: nothing more is written, and every
// method of the AMQP library that waits on it returns.
func (s *socket) kill(err error) {
	s.fail(err)
	s.wake.Signal()
}

// Close writes what is buffered, for lingerTimeout at the longest, and closes.
func (s *socket) Close() error {
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()
	// A write under way began with a longer deadline than is left to it now.
	_ = s.Conn.SetWriteDeadline(time.Now().Add(lingerTimeout))
	s.wake.Signal()
	<-s.flushed
	return s.Conn.Close()
}
