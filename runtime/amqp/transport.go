package amqp

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// Transport is a connection to RabbitMQ. It implements [actor.Transport]; all
// methods may be called concurrently.
type Transport struct {
	cfg       Config
	endpoints []endpoint
	counters  *counters
	wheel     *wheel

	publishing *link
	topology   *topology
	plain      *publisher
	delayed    *publisher
	calls      *publisher
	detour     *publisher
	detours    detours

	unconfirming *link // started with its publisher
	unconfirmed  *publisher
	replying     *link // likewise
	replies      *publisher
	inspector    *inspector

	// senders counts the calls of Publish under way.
	senders sync.WaitGroup

	mu        sync.Mutex
	closed    bool
	consuming *link // opened by the first Consume
	consumers map[*consumer]struct{}

	closing sync.Once
}

var _ actor.Transport = (*Transport)(nil)

// Dial connects to RabbitMQ. It waits for the first connection until ctx ends,
// and fails at once where the configuration is wrong, or where every host was
// tried and one of them refuses for a reason that trying again does not mend:
// user, virtual host, or a certificate of either side. With Config.Lazy it does
// not wait. From then on the transport connects again for ever, until it is
// closed. Errors name each host with what came of it, and never the password.
func Dial(ctx context.Context, c Config) (*Transport, error) {
	cfg, endpoints, err := c.resolve()
	if err != nil {
		return nil, err
	}
	t := newTransport(cfg, endpoints)
	if cfg.Lazy {
		return t, nil
	}
	if err := t.publishing.first(ctx); err != nil {
		t.Close()
		return nil, fmt.Errorf("amqp: connect: %w", err)
	}
	return t, nil
}

func newTransport(cfg Config, endpoints []endpoint) *Transport {
	t := &Transport{
		cfg: cfg, endpoints: endpoints, counters: new(counters), wheel: newWheel(),
		consumers: make(map[*consumer]struct{}),
	}
	t.publishing = newLink(cfg, endpoints, "publish", t.counters)
	t.topology = newTopology(t.publishing, cfg)
	t.plain = newPublisher(t.publishing, cfg.Logger, true)
	t.delayed = newPublisher(t.publishing, cfg.Logger, true)
	t.detour = newPublisher(t.publishing, cfg.Logger, true)
	t.calls = newPublisher(t.publishing, cfg.Logger, true)
	for _, p := range []*publisher{t.plain, t.delayed, t.detour, t.calls} {
		p.detours = &t.detours
	}
	t.detour.detour, t.calls.calls = true, true

	t.unconfirming = newLink(cfg, endpoints, "publish unconfirmed", t.counters)
	t.unconfirmed = newPublisher(t.unconfirming, cfg.Logger, false)
	t.unconfirmed.late.missing = t.topology.lost
	t.replying = newLink(cfg, endpoints, "reply", t.counters)
	t.replies = newPublisher(t.replying, cfg.Logger, true)
	t.inspector = newInspector(cfg, endpoints)

	t.publishing.start()
	return t
}

// MaxDelay implements [actor.Transport].
func (t *Transport) MaxDelay() time.Duration { return t.cfg.MaxDelay }

// enter counts a call of Publish, unless the transport is closed.
func (t *Transport) enter() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.closed {
		t.senders.Add(1)
	}
	return !t.closed
}

// Close implements [actor.Transport]: consumers stop and what they hold goes
// back to the broker; messages that wait for a connection are not sent; those
// in flight have two seconds to be confirmed.
func (t *Transport) Close() error {
	t.closing.Do(t.close)
	return nil
}

func (t *Transport) close() {
	t.mu.Lock()
	t.closed = true
	consumers := make([]*consumer, 0, len(t.consumers))
	for c := range t.consumers {
		consumers = append(consumers, c)
	}
	consuming := t.consuming
	t.mu.Unlock()

	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	var parts sync.WaitGroup
	for _, c := range consumers {
		parts.Go(func() { _ = c.Close(ctx) })
	}
	publishers := []*publisher{t.plain, t.delayed, t.detour, t.calls, t.unconfirmed, t.replies}
	for _, p := range publishers {
		parts.Go(func() { p.close(closeTimeout) })
	}
	parts.Wait()

	if consuming != nil {
		parts.Go(consuming.close)
	}
	for _, l := range []*link{t.publishing, t.unconfirming, t.replying} {
		parts.Go(l.close)
	}
	parts.Go(t.inspector.close)
	parts.Wait()
	for _, p := range publishers {
		p.wait()
	}
	for _, c := range consumers {
		<-c.done
	}
	t.senders.Wait() // who start declarations
	t.topology.wait()
	t.wheel.close()
}
