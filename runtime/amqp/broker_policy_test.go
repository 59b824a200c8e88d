package amqp

import (
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// via returns a stub that sends through a client of its own.
func via(transport actor.Transport, q *actor.Queue, own, client actor.PublishPolicy) actor.Stub {
	return task(q, "", own).Via(actor.NewClient(transport, actor.ClientConfig{Publish: client}))
}

type policy = actor.PublishPolicy

// What the annotation says counts before what the client says, and that before
// the built-in; the broker shows which it was.
func TestPoliciesArriveAtTheBroker(t *testing.T) {
	t.Parallel()
	broker := rabbittest.URL(t)
	transport := dialTest(t, Config{URL: broker})
	q := testQueue(t)
	const transient, persistent = 1, 2
	for i, c := range []struct {
		own, client policy
		options     []actor.SendOption
		mode        uint8
		priority    uint8
	}{
		{mode: persistent},
		{client: policy{Persistent: new(false), Priority: new(7)}, mode: transient, priority: 7},
		{own: policy{Persistent: new(false), Priority: new(7)}, mode: transient, priority: 7},
		{own: policy{Persistent: new(true), Priority: new(0)}, client: policy{Persistent: new(false), Priority: new(7)}, mode: persistent},
		{own: policy{Priority: new(actor.NoPriority)}, client: policy{Priority: new(7)}, mode: persistent},
		{own: policy{Priority: new(3)}, options: []actor.SendOption{actor.Priority(255)}, mode: persistent, priority: 255},
		{own: policy{Priority: new(3)}, options: []actor.SendOption{actor.Priority(actor.NoPriority)}, mode: persistent},
	} {
		id, err := stubSend(t.Context(), t, via(transport, q, c.own, c.client).With(c.options...))
		if err != nil {
			t.Fatal(err)
		}
		came := take(t, broker, q.Name)
		if len(came) != 1 || came[0].MessageId != id || came[0].DeliveryMode != c.mode || came[0].Priority != c.priority {
			t.Errorf("case %d: got %+v, want one message with mode %d and priority %d", i, came, c.mode, c.priority)
		}
	}
}

func TestMandatoryByPolicy(t *testing.T) {
	t.Parallel()
	broker := rabbittest.URL(t)
	transport := dialTest(t, Config{URL: broker, Declare: DeclareNever})
	for i, c := range []struct {
		own, client policy
		mandatory   bool
	}{
		{mandatory: true},
		{client: policy{Mandatory: new(false)}},
		{own: policy{Mandatory: new(false)}},
		{own: policy{Mandatory: new(true)}, client: policy{Mandatory: new(false)}, mandatory: true},
		{own: policy{Mandatory: new(false)}, client: policy{Mandatory: new(true)}},
	} {
		q := testQueue(t)
		_, err := stubSend(t.Context(), t, via(transport, q, c.own, c.client))
		if errors.Is(err, actor.ErrUnroutable) != c.mandatory || !c.mandatory && err != nil {
			t.Errorf("case %d: to no queue: got %v, want it returned: %t", i, err, c.mandatory)
		}
		declareRaw(t, broker, q.Name, layout.Main(q).Args)
		id, err := stubSend(t.Context(), t, via(transport, q, c.own, c.client))
		if err != nil {
			t.Errorf("case %d: to a queue: got %v, want nil", i, err)
		}
		holdsExactly(t, broker, q.Name, map[string]bool{id: true})
	}
}

func TestConfirmTimeoutByPolicy(t *testing.T) {
	t.Parallel()
	broker := rabbittest.URL(t)
	proxy, through := proxyTo(t, broker)
	transport := dialTest(t, Config{URL: through})
	q := testQueue(t)
	declareRaw(t, broker, q.Name, layout.Main(q).Args)
	if _, err := stubSend(t.Context(), t, via(transport, q, policy{}, policy{})); err != nil {
		t.Fatal(err)
	}
	proxy.Inject(rabbittest.ToClient, rabbittest.Fault{Swallow: true})
	short, long, mute := new(300*time.Millisecond), new(8*time.Second), new(false)
	var senders sync.WaitGroup
	for name, c := range map[string]struct {
		own, client policy
		want        time.Duration
		err         error
	}{
		"built-in":                    {want: 5 * time.Second, err: actor.ErrOutcomeUnknown},
		"client":                      {client: policy{ConfirmTimeout: long}, want: *long, err: actor.ErrOutcomeUnknown},
		"actor":                       {own: policy{ConfirmTimeout: short}, want: *short, err: actor.ErrOutcomeUnknown},
		"actor, shorter than client":  {own: policy{ConfirmTimeout: short}, client: policy{ConfirmTimeout: long}, want: *short, err: actor.ErrOutcomeUnknown},
		"actor, longer than client":   {own: policy{ConfirmTimeout: long}, client: policy{ConfirmTimeout: short}, want: *long, err: actor.ErrOutcomeUnknown},
		"actor confirms, client not":  {own: policy{ConfirmTimeout: short, Confirm: new(true)}, client: policy{Confirm: mute}, want: *short, err: actor.ErrOutcomeUnknown},
		"nothing but zero is default": {own: policy{ConfirmTimeout: new(time.Duration(0))}, want: 5 * time.Second, err: actor.ErrOutcomeUnknown},
	} {
		senders.Go(func() {
			start := time.Now()
			_, err := stubSend(t.Context(), t, via(transport, q, c.own, c.client))
			took := time.Since(start)
			if !errors.Is(err, c.err) || took < c.want || took > c.want+late {
				t.Errorf("%s: got %v after %s, want %v after %s", name, err, took, c.err, c.want)
			}
		})
	}
	senders.Wait()
}

// Without a confirm a send returns after the write, whatever the broker says
// then, or does not say.
func TestUnconfirmedSendDoesNotWait(t *testing.T) {
	t.Parallel()
	broker := rabbittest.URL(t)
	proxy, through := proxyTo(t, broker)
	transport := dialTest(t, Config{URL: through})
	q := testQueue(t)
	stub := via(transport, q, policy{}, policy{Confirm: new(false)})
	want := map[string]bool{}
	for i := range 50 {
		if i == 1 { // the queue is declared, the channel is open
			proxy.Inject(rabbittest.ToClient, rabbittest.Fault{Swallow: true})
		}
		start := time.Now()
		id, err := stubSend(t.Context(), t, stub)
		if took := time.Since(start); err != nil || i > 0 && took > late {
			t.Errorf("send: got %v after %s, want nil at once", err, took)
		}
		want[id] = true
	}
	awaitHeld(t, broker, q.Name, len(want))
	holdsExactly(t, broker, q.Name, want)
}

// A sender that does not wait sends on, so its returns are all counted, and
// logged once for each queue.
func TestLateReturnsAreReported(t *testing.T) {
	t.Parallel()
	broker := rabbittest.URL(t)
	said := recordsBy("queue")
	transport := dialTest(t, Config{URL: broker, Declare: DeclareNever, Logger: slog.New(said)})
	q, gone := testQueue(t), testQueue(t)
	declareRaw(t, broker, q.Name, layout.Main(q).Args)
	const each = 20
	for _, mandatory := range []bool{true, false} {
		quick := policy{Confirm: new(false), Mandatory: &mandatory}
		for range each {
			for _, to := range []*actor.Queue{gone, q} {
				if _, err := stubSend(t.Context(), t, via(transport, to, policy{}, quick)); err != nil {
					t.Errorf("send: got %v, want nil", err)
				}
			}
		}
		awaitHeld(t, broker, q.Name, each)
		take(t, broker, q.Name)
		eventually(t, "the returns are counted", func() bool { return transport.Stats().LateReturns == each })
	}
	if bad, good := said.of(gone.Name), said.of(q.Name); bad != 1 || good != 0 {
		t.Errorf("got %d lines about the queue that does not exist and %d about the other, want 1 and 0", bad, good)
	}
}

// Nobody waits for the return of an unconfirmed message, and nobody hears of
// one that need not be routed: their queue is seen to all the same.
func TestQueueOfTheUnaskedIsDeclared(t *testing.T) {
	t.Parallel()
	broker := rabbittest.URL(t)
	transport := dialTest(t, Config{URL: broker})
	for name, own := range map[string]policy{
		"not waited for":     {Confirm: new(false)},
		"need not be routed": {Mandatory: new(false)},
	} {
		q := testQueue(t)
		id, err := stubSend(t.Context(), t, via(transport, q, policy{}, own))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		awaitHeld(t, broker, q.Name, 1)
		holdsExactly(t, broker, q.Name, map[string]bool{id: true})
	}

	q := testQueue(t)
	stub := via(transport, q, policy{}, policy{Confirm: new(false)})
	if _, err := stubSend(t.Context(), t, stub); err != nil {
		t.Fatal(err)
	}
	time.Sleep(lostAfter + 100*time.Millisecond) // what was declared a moment ago is believed to be there
	deleteQueue(t, q.Name)
	eventually(t, "the queue is declared again", func() bool {
		if _, err := stubSend(t.Context(), t, stub); err != nil {
			t.Fatal(err)
		}
		return exists(t, q.Name)
	})
}
