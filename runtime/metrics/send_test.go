package metrics_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/memory"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// mail returns an actor with a queue of the test's own.
func mail(t *testing.T) *actor.Definition {
	return &actor.Definition{
		Name: "shop.Mail", Queue: actor.Queue{Name: rabbittest.Prefix(t) + "mail"},
		Publish: actor.PublishPolicy{ConfirmTimeout: new(soon)},
	}
}

// impatient returns the actor with a confirm timeout that a test can wait for.
func impatient(d actor.Definition) *actor.Definition {
	d.Publish.ConfirmTimeout = new(300 * time.Millisecond)
	return &d
}

// Every outcome of a send is counted and timed, and no other with it.
func TestSendsAreCountedByOutcome(t *testing.T) {
	silent := rabbittest.Fault{Swallow: true}
	for outcome, provoke := range map[string]func(r *rig, p *rabbittest.Proxy, d *actor.Definition) error{
		"sent": func(r *rig, _ *rabbittest.Proxy, d *actor.Definition) error { return r.send(d) },
		"nacked": func(r *rig, _ *rabbittest.Proxy, d *actor.Definition) error {
			d.Queue.MaxLength = 1
			var err error
			for err == nil { // a quorum queue takes a few more
				err = r.send(d)
			}
			return err
		},
		"unknown": func(r *rig, p *rabbittest.Proxy, d *actor.Definition) error {
			r.mustSend(d)
			p.Inject(rabbittest.ToClient, silent)
			return r.send(impatient(*d))
		},
		"not_sent": func(r *rig, p *rabbittest.Proxy, d *actor.Definition) error {
			p.Refuse()
			p.Reset()
			r.reaches(0, `actorgen_connection_up{connection="publish"}`)
			return r.send(impatient(*d))
		},
		"delay_too_long": func(r *rig, _ *rabbittest.Proxy, d *actor.Definition) error {
			return r.send(d, actor.At(time.Now().Add(1000*time.Hour)))
		},
		"invalid": func(r *rig, _ *rabbittest.Proxy, d *actor.Definition) error { return r.send(d, actor.Priority(1000)) },
	} {
		t.Run(outcome, func(t *testing.T) {
			r, proxy := openProxied(t, rabbittest.URL(t))
			d := mail(t)
			if err := provoke(r, proxy, d); (err == nil) != (outcome == "sent") {
				t.Fatalf("got %v from the send", err)
			}
			r.counted(d, outcome)
		})
	}
	t.Run("unroutable", func(t *testing.T) {
		r := openBroker(t, amqp.Config{URL: rabbittest.URL(t), Declare: amqp.DeclareNever})
		d := mail(t)
		if err := r.send(d); !errors.Is(err, actor.ErrUnroutable) {
			t.Fatalf("got %v from the send", err)
		}
		r.counted(d, "unroutable")
	})
}

// counted checks that the last send had the outcome, and all before it succeeded.
func (r *rig) counted(d *actor.Definition, outcome string) {
	r.t.Helper()
	for _, other := range []string{"sent", "unroutable", "nacked", "unknown", "not_sent", "delay_too_long", "invalid", "other"} {
		series := `actorgen_sends_total{actor="shop.Mail",outcome="` + other + `",queue="` + d.Queue.Name + `"}`
		switch other {
		case outcome:
			r.is(1, series, `actorgen_send_duration_seconds{actor="shop.Mail",outcome="`+outcome+`"}`)
		case "sent": // those before it
		default:
			r.is(0, series)
		}
	}
}

// A message that nobody waits for is told of by its return.
func TestLateReturnsAreCounted(t *testing.T) {
	r := openBroker(t, amqp.Config{URL: rabbittest.URL(t), Declare: amqp.DeclareNever})
	d := mail(t)
	d.Publish.Confirm = new(false)
	r.is(0, "actorgen_late_returns_total")
	r.mustSend(d)
	r.reaches(1, "actorgen_late_returns_total", `actorgen_sends_total{actor="shop.Mail",outcome="sent",queue="`+d.Queue.Name+`"}`)
}

// Each message of a batch is counted by its own outcome; none is timed.
func TestBatchesAreCountedByMessage(t *testing.T) {
	r := open(t, memory.New(memory.Config{}))
	d := mail(t)
	stub := actor.NewStub(d)
	var batch *actor.BatchError
	err := r.client.Publish(t.Context(),
		message(t, stub), message(t, stub.With(actor.Priority(1000))), message(t, stub), actor.Message{Actor: "made.up"})
	if !errors.As(err, &batch) {
		t.Fatalf("got %v, want a *BatchError", err)
	}
	queue := d.Queue.Name
	r.is(2, `actorgen_sends_total{actor="shop.Mail",outcome="sent",queue="`+queue+`"}`)
	r.is(1, `actorgen_sends_total{actor="shop.Mail",outcome="invalid",queue="`+queue+`"}`,
		`actorgen_sends_total{actor="(unknown)",outcome="invalid",queue=""}`)
	for series := range gathered(t, r.registry) {
		if len(series) > 30 && series[:30] == "actorgen_send_duration_seconds" {
			t.Errorf("got %s, want no batch timed", series)
		}
	}
}

func TestCallsAreCountedByOutcome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fail := false
		r := open(t, memory.New(memory.Config{}))
		count := &task{Definition: actor.Definition{Name: "shop.Count", Queue: actor.Queue{Name: "count"}}}
		count.run = func(ctx context.Context) error {
			var err error
			if fail {
				err = errors.New("boom")
			}
			return actor.Return(ctx, 7, err, (*actor.Encoder).Int)
		}
		call := func(d *actor.Definition) error {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			stub := actor.NewStub(d).Via(r.client)
			_, err := actor.Call(ctx, stub, message(t, stub), (*actor.Decoder).Int)
			return err
		}
		defer r.work(count)()
		var remote *actor.RemoteError
		if err := call(&count.Definition); err != nil {
			t.Fatal(err)
		}
		if fail = true; !errors.As(call(&count.Definition), &remote) {
			t.Fatal("got no RemoteError from a call that fails")
		}
		if err := call(&actor.Definition{Name: "shop.Nobody", Queue: actor.Queue{Name: "nobody"}}); !errors.Is(err, actor.ErrOutcomeUnknown) {
			t.Fatalf("got %v from a call that nobody takes, want ErrOutcomeUnknown", err)
		}
		synctest.Wait()
		r.is(1, `actorgen_call_duration_seconds{actor="shop.Count",outcome="replied"}`,
			`actorgen_call_duration_seconds{actor="shop.Count",outcome="failed"}`,
			`actorgen_call_duration_seconds{actor="shop.Nobody",outcome="unknown"}`,
			`actorgen_deliveries_total{actor="shop.Count",outcome="done",queue="count"}`,
			`actorgen_deliveries_total{actor="shop.Count",outcome="call_failed",queue="count"}`)
		if _, ok := gathered(t, r.registry)[`actorgen_sends_total{actor="shop.Count",outcome="sent",queue="count"}`]; ok {
			t.Error("got a call counted as a send")
		}
	})
}

// What other middleware did to the messages and the errors is not the broker's.
func TestMetricsAreTheInnermostMiddleware(t *testing.T) {
	transport := memory.New(memory.Config{})
	r := open(t, transport)
	limited := errors.New("limited")
	config := r.metrics.Client(actor.ClientConfig{Middleware: []actor.SendMiddleware{func(next actor.Sender) actor.Sender {
		return func(ctx context.Context, messages []actor.Message) []error {
			next(ctx, messages)
			return []error{limited}
		}
	}}})
	r.client = actor.NewClient(transport, config)
	d := mail(t)
	if err := r.send(d); !errors.Is(err, limited) {
		t.Fatalf("got %v, want %v", err, limited)
	}
	r.counted(d, "sent")
}
