package amqp

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"github.com/actorgen/actorgen/runtime/actor"
)

// consumer implements [actor.Consumer]. Its goroutine subscribes, reads the
// deliveries into a line from which Receive takes them, and subscribes again
// when the subscription ends, for ever.
type consumer struct {
	cfg          Config
	link         *link
	log          *slog.Logger
	subscription actor.Subscription
	definition   actor.Queue
	queue        string // the name of the queue that is consumed
	gone         func() // takes the consumer out of the transport
	news         news

	// own is a connection of the consumer's own, nil while it shares link;
	// last is the session of the last subscription. Both belong to run.
	own  *link
	last *session
	// unreadable says that a message that cannot be read was reported.
	unreadable bool

	ctx  context.Context // ends with Stop
	stop context.CancelFunc
	// closing is closed by Close.
	closing   chan struct{}
	closeOnce sync.Once
	first     chan error    // what came of the first subscription
	stopped   chan struct{} // closed when everything not received was handed back
	stopOnce  sync.Once
	done      chan struct{} // closed when run has returned

	mu     sync.Mutex
	wanted int // prefetch
	sub    *subscription
	start  careful
	// line holds the deliveries of sub that Receive has not returned; held
	// counts those it has, while they are unsettled.
	line []*actor.Delivery
	held int
	// aside counts those that are not held against the prefetch, asideHere
	// those of them that the broker still does: the ones of this era.
	aside, asideHere, era int
	err                   error // why there is no subscription
	// arrived holds a token when Receive may find something.
	arrived chan struct{}
}

func newConsumer(cfg Config, l *link, s actor.Subscription) *consumer {
	ctx, stop := context.WithCancel(context.Background())
	c := &consumer{
		cfg: cfg, link: l, subscription: s, definition: *s.Queue, queue: s.Source(),
		ctx: ctx, stop: stop, wanted: limitPrefetch(s.Prefetch),
		closing: make(chan struct{}), first: make(chan error, 1),
		stopped: make(chan struct{}), done: make(chan struct{}), arrived: make(chan struct{}, 1),
	}
	c.log = cfg.Logger.With("queue", c.queue)
	c.news.log = c.log
	return c
}

// maxPrefetch is what a quorum queue takes.
const maxPrefetch = 2000

// limitPrefetch keeps a prefetch in the range the broker takes; 0 would mean
// no limit.
func limitPrefetch(n int) int { return min(max(n, 1), maxPrefetch) }

// Receive implements [actor.Consumer].
func (c *consumer) Receive(ctx context.Context) (*actor.Delivery, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if d := c.take(); d != nil {
			return d, nil
		}
		select {
		case <-c.arrived:
		case <-c.stopped:
			return nil, actor.ErrClosed
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Ready implements [actor.ReadyConsumer].
func (c *consumer) Ready() *actor.Delivery {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.line) > 0 && c.line[0].Hold > 0 {
		return nil
	}
	return c.next()
}

// take returns the next delivery, nil if there is none or as many are unsettled
// as may be. The broker counts those of a replaced subscription apart, so the
// limit is kept here too.
func (c *consumer) take() *actor.Delivery {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.next()
	if d != nil && len(c.line) > 0 {
		c.announce()
	}
	return d
}

// next takes the first delivery out of the line, if that may be received. c.mu
// is held.
func (c *consumer) next() *actor.Delivery {
	if len(c.line) == 0 || c.held >= c.start.allow(c.wanted) || c.ctx.Err() != nil {
		return nil
	}
	d := c.line[0]
	c.line[0] = nil
	c.line = c.line[1:]
	c.held++
	return d
}

func (c *consumer) announce() {
	select {
	case c.arrived <- struct{}{}:
	default:
	}
}

// settled notes that a delivery which Receive had returned was settled.
func (c *consumer) settled(s *settlement) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clear(s)
	switch {
	case c.sub != s.sub:
	case s.aside:
		c.aside--
		if s.era == c.era {
			c.asideHere--
		}
	default:
		c.held--
		if len(c.line) > 0 {
			c.announce()
		}
	}
}

// clear lets others run where a suspect was all that ran. c.mu is held.
func (c *consumer) clear(s *settlement) {
	if s.suspect && c.sub == s.sub {
		s.suspect = false
		c.start.clear()
	}
}

// allowed returns the prefetch that sub should have at the broker.
func (c *consumer) allowed(sub *subscription) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.start.allow(c.wanted)
}

// SetPrefetch implements [actor.Consumer].
func (c *consumer) SetPrefetch(n int) {
	c.mu.Lock()
	c.wanted = limitPrefetch(n)
	sub, surplus := c.sub, c.surplus()
	c.announce()
	c.mu.Unlock()
	if sub != nil {
		sub.giveBack(surplus)
	}
}

// Stop implements [actor.Consumer].
func (c *consumer) Stop(ctx context.Context) error {
	c.stop()
	return until(ctx, c.stopped)
}

// Close implements [actor.Consumer].
func (c *consumer) Close(ctx context.Context) error {
	c.closeOnce.Do(func() { close(c.closing) }) // before stop, whose reader looks at it
	c.stop()
	return until(ctx, c.done)
}

func until(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		select {
		case <-done:
			return nil
		default:
			return ctx.Err()
		}
	}
}

func (c *consumer) failure() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// report keeps err, logs it where it is news, and answers the waiting Consume:
// at once where trying again would not help.
func (c *consumer) report(err error) {
	c.mu.Lock()
	news := (c.err == nil) != (err == nil) || err != nil && c.err.Error() != err.Error()
	before := c.err
	c.err = err
	c.mu.Unlock()
	switch {
	case err == nil && before != nil:
		c.log.Info("subscribed again")
	case err != nil && news && !errors.Is(err, actor.ErrConnectionLost): // the link reports that one
		c.log.Warn("subscription lost", "error", err)
	}
	if err == nil || final(err) {
		select {
		case c.first <- err:
		default:
		}
	}
}

// final says that a first subscription fails for good.
func final(err error) bool {
	var conflict *QueueConflictError
	var refused *refusal
	return errors.Is(err, errRefused) || errors.As(err, &conflict) || errors.As(err, &refused) || errors.Is(err, actor.ErrClosed)
}
