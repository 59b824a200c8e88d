package amqp

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// link keeps one connection to the broker, for ever, and tells those who use
// it what has become of it. How it does so is in supervise.go.
type link struct {
	cfg      Config
	hosts    *hosts
	role     string // for the log and the name of the connection
	log      *slog.Logger
	counters *counters
	patience patience // the guard's

	ctx  context.Context // ends with close
	stop context.CancelFunc
	done chan struct{} // closed when run has returned

	mu sync.Mutex
	// current is nil while there is no connection.
	current *session
	// changed is closed and replaced when current, or its being blocked, changes.
	changed chan struct{}
	// everUp says that there has been a connection.
	everUp bool
	// failure is why there is none: what came of the last attempt at each host.
	failure error
	// trying is the host whose answer is waited for.
	trying string
	// refused is that failure once all hosts were tried for the first
	// connection and one of them had refused it for good.
	refused error
	// pokes are called, without locks held, whenever a publisher that waits
	// might go on: connection up or down, unblocked, room in the socket.
	pokes []func()
	// examinations are made of the session, some times a second; see onWatch.
	examinations []func(time.Time) bool
	started      sync.Once
	running      atomic.Bool // it was started
}

// newLink makes a link that connects when it is started.
func newLink(cfg Config, endpoints []endpoint, role string, c *counters) *link {
	ctx, stop := context.WithCancel(context.Background())
	return &link{
		cfg: cfg, hosts: newHosts(endpoints), role: role, counters: c,
		log: cfg.Logger.With("connection", role),
		ctx: ctx, stop: stop,
		done: make(chan struct{}), changed: make(chan struct{}),
	}
}

func (l *link) start() {
	l.started.Do(func() {
		l.running.Store(true)
		go l.run()
	})
}

// close says farewell to the broker and waits for the link's goroutines.
func (l *link) close() {
	l.stop()
	l.started.Do(func() { close(l.done) })
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

// hindrance returns why no message can be sent at the moment, nil if one can.
func (l *link) hindrance() error {
	switch s, _ := l.state(); {
	case s == nil:
		return actor.ErrConnectionLost
	case s.blocked.Load():
		return actor.ErrBlocked
	}
	return nil
}

// explain adds to the end of a sender's context what kept its message back.
func (l *link) explain(end error) error {
	if reason := l.hindrance(); reason != nil {
		return fmt.Errorf("%w (%w)", end, reason)
	}
	return end
}

// first waits for the first connection. It fails at once when no host takes it
// and one refuses it for good.
func (l *link) first(ctx context.Context) error {
	for {
		l.mu.Lock()
		up, refused, changed := l.everUp, l.refused, l.changed
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
			return l.unreached(ctx.Err())
		case <-l.ctx.Done():
			return actor.ErrClosed
		}
	}
}

// unreached says how far the attempts had come when end ended the wait.
func (l *link) unreached(end error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failure != nil {
		end = fmt.Errorf("%w: %w", end, l.failure)
	}
	if l.trying != "" {
		end = fmt.Errorf("%w; %s: no answer yet", end, l.trying)
	}
	return end
}

// try notes the host that is being connected to; none when the attempt is over.
func (l *link) try(host string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.trying = host
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

// onWatch makes the link watch over its broker: some times a second it has its
// user examine what the session owes, and asked whether it owes an answer at
// all. A link without an examination leaves a silent broker to the heartbeats.
func (l *link) onWatch(examine func(now time.Time) (owes bool)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.examinations = append(l.examinations, examine)
}

// examine says whether the broker owes an answer on s.
func (l *link) examine(s *session, now time.Time) (owes bool) {
	l.mu.Lock()
	examinations := l.examinations
	l.mu.Unlock()
	owes = len(examinations) > 0 && s.calls.Load() > 0
	for _, examine := range examinations {
		owes = examine(now) || owes
	}
	return owes
}

func (l *link) set(s *session) {
	l.mu.Lock()
	l.current = s
	if s != nil {
		l.everUp, l.failure = true, nil
	}
	l.tell()
	l.mu.Unlock()
	l.poke()
}

// failed notes why there is no connection; exhausted says that no host is left
// to try.
func (l *link) failed(failure error, exhausted bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failure = failure
	if exhausted && !l.everUp && isRefusal(failure) {
		l.refused = failure
	}
	l.tell()
}

// tell wakes all who wait for a change; l.mu is held.
func (l *link) tell() {
	close(l.changed)
	l.changed = make(chan struct{})
}
