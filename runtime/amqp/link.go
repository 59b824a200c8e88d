package amqp

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"

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
	// debts say whether the broker owes somebody an answer.
	debts []func() bool
}

func openLink(cfg Config, endpoints []endpoint, role string, c *counters) *link {
	ctx, stop := context.WithCancel(context.Background())
	l := &link{
		cfg: cfg, hosts: newHosts(endpoints), role: role, counters: c,
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

// onDebt makes the link watch over a broker that owes an answer: owes is asked
// whether it does, some times a second. A link that nobody asked to do so
// leaves a silent broker to the heartbeats.
func (l *link) onDebt(owes func() bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.debts = append(l.debts, owes)
}

// owed says that the broker owes an answer on s.
func (l *link) owed(s *session) bool {
	l.mu.Lock()
	debts := l.debts
	l.mu.Unlock()
	if len(debts) > 0 && s.calls.Load() > 0 {
		return true
	}
	return slices.ContainsFunc(debts, func(owes func() bool) bool { return owes() })
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
