package amqp

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
)

const (
	minRedial = 50 * time.Millisecond
	maxRedial = 5 * time.Second
)

// link keeps one connection to the broker, for ever: it dials, waits for the
// connection to end, and dials again.
type link struct {
	cfg       Config
	endpoints []endpoint
	role      string // for the log and the name of the connection
	log       *slog.Logger

	ctx  context.Context // ends with close
	stop context.CancelFunc
	done chan struct{} // closed when run has returned

	mu sync.Mutex
	// current is nil while there is no connection.
	current *session
	// changed is closed and replaced when current, or its being blocked, changes.
	changed chan struct{}
	// refused is why the first connection failed for good, for Dial.
	refused error
	// everUp says that there has been a connection.
	everUp bool
	// failure is why the last attempt failed.
	failure error
	// pokes are called, without locks held, whenever a publisher that waits
	// might go on: connection up or down, unblocked, room in the socket.
	pokes []func()
}

func openLink(cfg Config, endpoints []endpoint, role string) *link {
	ctx, stop := context.WithCancel(context.Background())
	l := &link{
		cfg: cfg, endpoints: endpoints, role: role,
		log: cfg.Logger.With("connection", role),
		ctx: ctx, stop: stop,
		done: make(chan struct{}), changed: make(chan struct{}),
	}
	go l.run()
	return l
}

// close says farewell to the broker and waits for the link's goroutines.
func (l *link) close() {
	l.stop()
	<-l.done
}

// state returns the session, nil if there is none, and a channel that is
// closed when that changes.
func (l *link) state() (*session, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.current, l.changed
}

// await returns the session as soon as there is one that is not blocked: a
// blocked connection answers nothing, and one that says farewell opens nothing.
// Its error is the context's or ErrClosed.
func (l *link) await(ctx context.Context) (*session, error) {
	for {
		s, changed := l.state()
		if s != nil && !s.blocked.Load() && l.ctx.Err() == nil {
			return s, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-l.ctx.Done():
			return nil, actor.ErrClosed
		}
	}
}

// first waits for the first connection. It fails at once when the broker
// refuses it for good.
func (l *link) first(ctx context.Context) error {
	for {
		l.mu.Lock()
		up, refused, failure, changed := l.everUp, l.refused, l.failure, l.changed
		l.mu.Unlock()
		switch {
		case up:
			return nil
		case refused != nil:
			return refused
		}
		select {
		case <-changed:
		case <-ctx.Done():
			if failure != nil {
				return errors.Join(ctx.Err(), failure)
			}
			return ctx.Err()
		case <-l.ctx.Done():
			return actor.ErrClosed
		}
	}
}

func (l *link) onPoke(poke func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pokes = append(l.pokes, poke)
}

func (l *link) poke() {
	l.mu.Lock()
	pokes := l.pokes
	l.mu.Unlock()
	for _, poke := range pokes {
		poke()
	}
}

func (l *link) set(s *session) {
	l.mu.Lock()
	l.current = s
	if s != nil {
		l.everUp, l.failure = true, nil
	}
	close(l.changed)
	l.changed = make(chan struct{})
	l.mu.Unlock()
	l.poke()
}

// failed notes why there is no connection and reports whether that is news.
func (l *link) failed(err error) (news bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	news = l.failure == nil || l.failure.Error() != err.Error()
	l.failure = err
	if r := (*refusal)(nil); errors.As(err, &r) && !l.everUp && l.refused == nil {
		l.refused = err
	}
	close(l.changed)
	l.changed = make(chan struct{})
	return news
}

func (l *link) run() {
	defer close(l.done)
	next := rand.IntN(len(l.endpoints))
	pause := newBackoff(minRedial, maxRedial)
	for l.ctx.Err() == nil {
		e := l.endpoints[next%len(l.endpoints)]
		next++
		conn, sock, err := dial(l.ctx, l.cfg, e, l.cfg.Name+" "+l.role, l.poke)
		if err != nil {
			if l.ctx.Err() != nil {
				return
			}
			if l.failed(err) {
				l.log.Warn("broker not reachable, trying on", "host", e.address(), "error", err)
			}
			pause.wait(l.ctx)
			continue
		}
		l.log.Info("connected to the broker", "host", e.address())
		up := time.Now()
		err = l.serve(conn, sock)
		if l.ctx.Err() != nil {
			return
		}
		l.log.Warn("connection to the broker lost", "host", e.address(), "error", err)
		if time.Since(up) > maxRedial {
			pause.reset()
		}
		pause.wait(l.ctx)
	}
}

// serve publishes the session and returns when it has ended, or when the link
// is closed, with the session closed.
func (l *link) serve(conn *amqp.Connection, sock *socket) error {
	// Registered before anything can fire; the reader below drains both to
	// their close, so the library's own reader never waits for us.
	closed := conn.NotifyClose(make(chan *amqp.Error, 1))
	blocked := conn.NotifyBlocked(make(chan amqp.Blocking, 16))
	s := &session{conn: conn, sock: sock, lost: make(chan struct{}), declared: make(map[string]bool)}
	l.set(s)
	defer l.set(nil)
	defer close(s.lost) // before set(nil): who sees no session sees it lost

	closing := l.ctx.Done()
	farewell := make(chan struct{})
	defer func() { <-farewell }()
	goodbye := func() {
		defer close(farewell)
		kill := time.AfterFunc(closeTimeout, func() { sock.kill(errNoReply) })
		defer kill.Stop()
		_ = conn.CloseDeadline(time.Now().Add(closeTimeout))
	}
	cause := errSocketClosed
	for {
		select {
		case <-closing:
			closing = nil
			go goodbye()
		case b, ok := <-blocked:
			if !ok {
				blocked = nil
				continue
			}
			l.block(s, b)
		case err, ok := <-closed:
			if ok {
				cause = err
				continue
			}
			if closing != nil { // the connection ended by itself
				close(farewell)
				sock.kill(errSocketClosed)
			}
			return cause
		}
	}
}

func (l *link) block(s *session, b amqp.Blocking) {
	if s.blocked.Swap(b.Active) == b.Active {
		return
	}
	if b.Active {
		l.log.Warn("broker blocks publishers", "reason", b.Reason)
	} else {
		l.log.Info("broker takes messages again")
	}
	l.mu.Lock()
	close(l.changed)
	l.changed = make(chan struct{})
	l.mu.Unlock()
	l.poke()
}
