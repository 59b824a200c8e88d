package amqp

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// TestOutcomes goes through every outcome that a sender can meet, with its
// cause, by what users call, and looks what the broker holds then. A broker that
// blocks is in TestFaultMatrix.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	broker := rabbittest.URL(t)
	for name, c := range map[string]struct {
		// prepare makes what goes wrong; it may change how the message is sent.
		prepare func(t *testing.T, o *outcome)
		// during runs while the send is under way.
		during         func(t *testing.T, o *outcome)
		outcome, cause error
		queued         bool // the broker holds it all the same
	}{
		"no queue": {
			prepare: func(t *testing.T, o *outcome) { o.to(&actor.Queue{Name: o.queue.Name + "-gone"}) },
			outcome: actor.ErrUnroutable,
		},
		"full": {
			prepare: func(t *testing.T, o *outcome) {
				full := testQueue(t)
				full.MaxLength = 1
				declareRaw(t, broker, full.Name, layout.Main(full).Args)
				o.to(full)
				for i := 0; send(o.transport, testEnvelope(full, fmt.Sprint(i))) == nil; i++ {
				}
			},
			outcome: actor.ErrNacked,
		},
		"no answer in its time": {
			prepare: func(t *testing.T, o *outcome) { o.proxy.Inject(rabbittest.ToClient, rabbittest.Fault{Swallow: true}) },
			outcome: actor.ErrOutcomeUnknown, cause: actor.ErrConfirmTimeout, queued: true,
		},
		"no answer before the context's deadline": {
			prepare: func(t *testing.T, o *outcome) {
				o.proxy.Inject(rabbittest.ToClient, rabbittest.Fault{Swallow: true})
				o.end(t, 200*time.Millisecond)
			},
			outcome: actor.ErrOutcomeUnknown, cause: context.DeadlineExceeded, queued: true,
		},
		"cancelled before the answer": {
			prepare: func(t *testing.T, o *outcome) { o.proxy.Inject(rabbittest.ToClient, rabbittest.Fault{Swallow: true}) },
			during: func(t *testing.T, o *outcome) {
				awaitHeld(t, broker, o.queue.Name, 1)
				o.cancel()
			},
			outcome: actor.ErrOutcomeUnknown, cause: context.Canceled, queued: true,
		},
		"connection lost before the answer": {
			prepare: func(t *testing.T, o *outcome) { o.proxy.Inject(rabbittest.ToClient, rabbittest.Fault{Swallow: true}) },
			during: func(t *testing.T, o *outcome) {
				awaitHeld(t, broker, o.queue.Name, 1)
				o.proxy.Refuse()
				o.proxy.Reset()
			},
			outcome: actor.ErrOutcomeUnknown, cause: actor.ErrConnectionLost, queued: true,
		},
		"no connection": {
			prepare: func(t *testing.T, o *outcome) {
				o.proxy.Refuse()
				o.proxy.Reset()
				eventually(t, "the connection is lost", func() bool { s, _ := o.transport.publishing.state(); return s == nil })
			},
			outcome: actor.ErrNotSent, cause: actor.ErrConnectionLost,
		},
		"no connection before the context's deadline": {
			prepare: func(t *testing.T, o *outcome) {
				o.proxy.Refuse()
				o.proxy.Reset()
				eventually(t, "the connection is lost", func() bool { s, _ := o.transport.publishing.state(); return s == nil })
				o.end(t, 100*time.Millisecond)
			},
			outcome: actor.ErrNotSent, cause: context.DeadlineExceeded,
		},
		"cancelled before the call": {
			prepare: func(t *testing.T, o *outcome) { o.cancel() },
			outcome: actor.ErrNotSent, cause: context.Canceled,
		},
		"closed": {
			prepare: func(t *testing.T, o *outcome) { o.transport.Close() },
			outcome: actor.ErrNotSent, cause: actor.ErrClosed,
		},
		"another with the same ID in flight": {
			prepare: func(t *testing.T, o *outcome) {
				p := o.transport.plain
				p.mu.Lock()
				p.lane.inflight["own"] = &parcel{} // its sender gave up, its confirm does not come
				p.mu.Unlock()
				o.stub = o.stub.With(actor.MessageID("own"))
			},
			outcome: actor.ErrNotSent, cause: actor.ErrConfirmTimeout,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOutcome(t, broker)
			c.prepare(t, o)
			m := message(t, o.stub)
			sent := make(chan error, 1)
			start := time.Now()
			go func() { sent <- o.stub.Send(o.ctx, m) }()
			if c.during != nil {
				c.during(t, o)
			}
			err := <-sent
			if took := time.Since(start); took > outcomeTimeout+late {
				t.Errorf("took %s, want %s at most", took, outcomeTimeout)
			}
			failed := failure(t, err, actor.Envelope{ID: m.ID, Actor: "test.Task", Queue: &actor.Queue{Name: o.target}}, c.outcome)
			if c.cause != nil && (!errors.Is(err, c.cause) || !errors.Is(failed.Cause, c.cause)) {
				t.Errorf("got %v, want the cause %v", err, c.cause)
			}
			for _, other := range []error{actor.ErrUnroutable, actor.ErrNacked, actor.ErrOutcomeUnknown, actor.ErrNotSent} {
				if other != c.outcome && errors.Is(err, other) {
					t.Errorf("got %v, which is %v too", err, other)
				}
			}
			if exists(t, o.target) {
				if came := takeIDs(t, broker, o.target)[m.ID]; (came > 0) != c.queued {
					t.Errorf("got %v, and the message came %d times", err, came)
				}
			}
		})
	}
}

// outcomeTimeout is the confirm timeout of these sends.
const outcomeTimeout = 1500 * time.Millisecond

// outcome is one send to come.
type outcome struct {
	proxy     *rabbittest.Proxy
	transport *Transport
	client    *actor.Client
	queue     *actor.Queue
	target    string // the name of the queue that is sent to
	stub      actor.Stub
	ctx       context.Context
	cancel    context.CancelFunc
}

func newOutcome(t *testing.T, broker string) *outcome {
	o := &outcome{queue: testQueue(t)}
	var through string
	o.proxy, through = proxyTo(t, broker)
	o.transport = dialTest(t, Config{URL: through, Declare: DeclareNever})
	o.client = actor.NewClient(o.transport, actor.ClientConfig{Publish: policy{ConfirmTimeout: new(outcomeTimeout)}})
	o.ctx, o.cancel = context.WithCancel(t.Context())
	t.Cleanup(o.cancel)
	declareRaw(t, broker, o.queue.Name, layout.Main(o.queue).Args)
	o.to(o.queue)
	mustSend(t, o.transport, testEnvelope(o.queue, "first")) // opens the channel
	take(t, broker, o.queue.Name)
	return o
}

// end lets the context end after d.
func (o *outcome) end(t *testing.T, d time.Duration) {
	ctx, cancel := context.WithTimeout(o.ctx, d)
	t.Cleanup(cancel)
	o.ctx = ctx
}

func (o *outcome) to(q *actor.Queue) {
	o.stub, o.target = task(q, "", policy{}).Via(o.client), q.Name
}

// What never touches the network.
func TestOutcomesBeforeTheNetwork(t *testing.T) {
	t.Parallel()
	proxy, through := proxyTo(t, rabbittest.URL(t))
	proxy.Refuse() // nothing can be asked
	transport := dialTest(t, Config{URL: through, Lazy: true, MaxDelay: time.Hour})
	stub := via(transport, testQueue(t), policy{}, policy{})
	long := stub.SendWithDelay(t.Context(), time.Hour+1, message(t, stub))
	if tooLong := (*actor.DelayTooLongError)(nil); !errors.As(long, &tooLong) || tooLong.MaxDelay != time.Hour || tooLong.Actor != "test.Task" {
		t.Errorf("a delay over the limit: got %v, want a DelayTooLongError", long)
	}
	for name, err := range map[string]error{
		"negative delay": stub.SendWithDelay(t.Context(), -1, message(t, stub)),
		"long ID":        stub.With(actor.MessageID(string(make([]byte, 256)))).Send(t.Context(), message(t, stub.With(actor.MessageID(string(make([]byte, 256)))))),
		"large body":     stub.Send(t.Context(), bodied(t, stub, 1<<20)),
	} {
		if invalid := (*actor.InvalidMessageError)(nil); !errors.As(err, &invalid) || invalid.Actor != "test.Task" {
			t.Errorf("%s: got %v, want an InvalidMessageError", name, err)
		}
	}
	orphan := task(testQueue(t), "nobody-has-registered", policy{})
	err := orphan.Send(t.Context(), message(t, orphan))
	if none := (*actor.NoClientError)(nil); !errors.As(err, &none) || none.Broker != "nobody-has-registered" {
		t.Errorf("no client: got %v, want a NoClientError", err)
	}
}
