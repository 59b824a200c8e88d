package amqp

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// session is one connection while it lives. Nothing of it outlives it: a
// delivery, a channel or a confirm of one session means nothing to the next.
type session struct {
	conn *amqp.Connection
	sock *socket
	wire *wire
	// calls counts the methods that wait for their reply.
	calls atomic.Int32
	// blocked says that the broker takes no messages on this connection.
	blocked atomic.Bool
	// unreadable says that the connection ended because the library could not
	// read what the broker sent. It is final once lost is closed.
	unreadable bool
	// moved is when the network last took something while there was more to
	// send. It belongs to the goroutine that watches the session.
	moved time.Time
	// lost is closed when the connection has ended.
	lost chan struct{}

	// shared lets one declaration at a time see to what all queues share, so
	// that it is declared once.
	shared sync.Mutex

	mu sync.Mutex
	// declared is what was declared in this session, so that it is not
	// declared again before the next.
	declared map[string]bool
}

func newSession(conn *amqp.Connection, sock *socket, w *wire) *session {
	return &session{conn: conn, sock: sock, wire: w, lost: make(chan struct{}), declared: make(map[string]bool)}
}

func (s *session) has(what, prefix string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.declared[what+" "+prefix]
}

func (s *session) note(what, prefix string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.declared[what+" "+prefix] = true
}

func (s *session) forget(what, prefix string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.declared, what+" "+prefix)
}

func (s *session) alive() bool {
	select {
	case <-s.lost:
		return false
	default:
		return true
	}
}

// call runs fn, which waits for the broker. When that takes longer than
// rpcTimeout, the connection is broken, which makes fn return: a method of the
// library cannot be withdrawn.
func (s *session) call(fn func() error) error {
	timer := time.AfterFunc(rpcTimeout, func() { s.sock.kill(errNoReply) })
	defer timer.Stop()
	return s.ask(fn)
}

// ask runs fn, which waits for the broker, for as long as the connection lives:
// it may be a queue alone that does not answer, and others publish meanwhile.
func (s *session) ask(fn func() error) error {
	s.calls.Add(1)
	defer s.calls.Add(-1)
	return fn()
}

var errNoReply = errors.New("no reply from the broker")
