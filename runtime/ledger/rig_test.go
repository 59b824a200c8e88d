package ledger

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// rig is a broker with senders and workers whose messages are accounted for.
type rig struct {
	broker      string           // the URL of the broker itself, as its administrator
	node        *rabbittest.Node // nil where the broker is shared
	prefix      string           // of all queues
	ledger      *ledger
	definitions []*actor.Definition
	sender      *transport
	client      *actor.Client // the sender's
	crews       []*crew
	gate        gate
	load        *load
	numbers     atomic.Int64 // of messages
	quiet       bool         // says nothing about what goes well
}

// site says where a rig is set up. The zero value is the shared broker with one
// worker.
type site struct {
	node *rabbittest.Node
	// url is what workers connect with. Defaults to the broker's.
	url string
	// crews is how many workers newRig hires. Defaults to one.
	crews int
	// heartbeat of the workers' connections. Defaults to that of the product.
	heartbeat time.Duration
}

func newRig(t *testing.T, s site) *rig {
	t.Helper()
	r := newSite(t, &s)
	for range max(1, s.crews) {
		r.hire(t, s)
	}
	return r
}

// newSite is newRig without workers.
func newSite(t *testing.T, s *site) *rig {
	t.Helper()
	r := &rig{node: s.node, prefix: rabbittest.Prefix(t), ledger: newLedger(), definitions: definitions()}
	if s.node != nil {
		r.broker = s.node.URL()
	} else {
		r.broker = rabbittest.URL(t)
	}
	if s.url == "" {
		s.url = r.broker
	}
	r.sender = r.dial(t, amqp.Config{URL: r.broker})
	r.client = actor.NewClient(r.sender, actor.ClientConfig{QueuePrefix: r.prefix})
	r.load = newLoad(r)
	t.Cleanup(r.load.pause)
	return r
}

func (r *rig) dial(t *testing.T, c amqp.Config) *transport {
	t.Helper()
	c.MaxDelay, c.DialTimeout, c.Logger = longestDelay, 2*time.Second, slog.New(slog.DiscardHandler)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	connected, err := amqp.Dial(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connected.Close() })
	return &transport{Transport: connected, ledger: r.ledger}
}

// crew is a worker with a connection and a proxy of its own.
type crew struct {
	*transport
	proxy *rabbittest.Proxy
	stop  func() error
	// attempts counts the attempts to connect.
	attempts atomic.Int64
	// struck is called at the end of each run, before the broker learns of it.
	struck atomic.Pointer[func()]
	// poisoned is closed when the crew runs a poison.
	poisoned chan struct{}
	// doomed is how many tasks the crew has still to begin that it will not end.
	doomed atomic.Int64
	// buried is closed when what it does not end may return.
	buried chan struct{}
}

// slots is how many tasks a crew runs at a time.
const slots = 16

// hire starts a crew and waits until it works.
func (r *rig) hire(t *testing.T, s site) *crew {
	t.Helper()
	c := &crew{proxy: proxyTo(t, s.url), poisoned: make(chan struct{}), buried: make(chan struct{})}
	via, err := c.proxy.URL(s.url)
	if err != nil {
		t.Fatal(err)
	}
	user, password := credentialsOf(t, s.url)
	c.transport = r.dial(t, amqp.Config{URL: via, Heartbeat: s.heartbeat, Credentials: func(context.Context) (string, string, error) {
		c.attempts.Add(1)
		return user, password, nil
	}})
	r.employ(t, c)
	return c
}

// employ sets a crew that is connected to work.
func (r *rig) employ(t *testing.T, c *crew) {
	t.Helper()
	client := actor.NewClient(c.transport, actor.ClientConfig{QueuePrefix: r.prefix})
	w := actor.NewWorker(client, actor.WorkerConfig{
		Concurrency: slots,
		Logger:      slog.New(slog.DiscardHandler),
		Middleware:  []actor.Middleware{r.account(c)},
	}, table(r.definitions, func(ctx context.Context) error {
		facts, _ := actor.DeliveryFacts(ctx)
		return perform(facts, r.ledger)
	}))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	c.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() {
		r.gate.open()
		_ = c.stop()
	})
	eventually(t, "the worker runs", func() bool { return w.State() == actor.Running })
	r.crews = append(r.crews, c)
}

// account notes the runs of a crew.
func (r *rig) account(c *crew) actor.Middleware {
	return func(next actor.Handler) actor.Handler {
		return func(ctx context.Context, m actor.Message) error {
			facts, _ := actor.DeliveryFacts(ctx)
			run := r.ledger.begin(c.transport, facts)
			if kindOf(facts.ID) == poison {
				r.ledger.end(run, m.Actor, errDead)
				c.die()
				return errDead
			}
			if c.doomed.Add(-1) >= 0 {
				r.ledger.end(run, m.Actor, errDead)
				<-c.buried
				return errDead
			}
			r.gate.pass()
			err := next(ctx, m)
			r.ledger.end(run, m.Actor, err)
			if struck := c.struck.Load(); struck != nil {
				(*struck)()
			}
			return err
		}
	}
}

// queues returns the names of the queues on the broker.
func (r *rig) queues() []string { return []string{r.prefix + "first", r.prefix + "second"} }

func (r *rig) stop(t *testing.T) {
	t.Helper()
	var all sync.WaitGroup
	for _, c := range r.crews {
		all.Go(func() {
			if err := c.stop(); err != nil {
				t.Errorf("stop: got %v, want nil", err)
			}
		})
	}
	all.Wait()
}

func proxyTo(t *testing.T, broker string) *rabbittest.Proxy {
	t.Helper()
	return rabbittest.NewProxy(t, hostOf(t, broker))
}

// gate holds runs up while it is shut. The zero value is open.
type gate struct {
	mu   sync.Mutex
	shut chan struct{} // nil while it is open, closed when it opens
}

func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut == nil {
		g.shut = make(chan struct{})
	}
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut != nil {
		close(g.shut)
		g.shut = nil
	}
}

func (g *gate) pass() {
	g.mu.Lock()
	shut := g.shut
	g.mu.Unlock()
	if shut != nil {
		<-shut
	}
}
