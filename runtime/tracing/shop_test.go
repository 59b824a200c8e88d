package tracing_test

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/memory"
	"github.com/actorgen/actorgen/runtime/rabbittest"
	"github.com/actorgen/actorgen/runtime/tracing"
)

// shop is a client and a worker for the actor shop.Bill, which f is, and for
// shop.Mail, which is sent from there.
type shop struct {
	*spans
	transport  actor.Transport
	prefix     string
	client     *actor.Client
	bill, mail actor.Stub
	stop       func()
}

// onBoth runs a test on the in-memory broker and on RabbitMQ.
func onBoth(t *testing.T, test func(t *testing.T, transport actor.Transport, prefix string)) {
	t.Run("memory", func(t *testing.T) {
		transport := memory.New(memory.Config{Logger: slog.New(slog.DiscardHandler)})
		defer transport.Close()
		test(t, transport, "")
	})
	t.Run("RabbitMQ", func(t *testing.T) {
		transport, err := amqp.Dial(t.Context(), amqp.Config{
			URL: rabbittest.URL(t), MaxDelay: time.Minute, Logger: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		defer transport.Close()
		test(t, transport, rabbittest.Prefix(t))
	})
}

type bill func(s *shop, ctx context.Context, run int) error

func open(s *spans, transport actor.Transport, prefix string, o tracing.Options, f bill) *shop {
	if o.TracerProvider == nil {
		o.TracerProvider = s.provider
	}
	tracer := tracing.New(o)
	sh := &shop{spans: s, transport: transport, prefix: prefix}
	sh.client = actor.NewClient(transport, tracer.Client(actor.ClientConfig{QueuePrefix: prefix}))
	policy := actor.WorkPolicy{MaxRetries: new(2), MinBackoff: new(time.Millisecond), MaxBackoff: new(time.Millisecond)}
	billing := &actor.Definition{Name: "shop.Bill", Queue: actor.Queue{Name: "work"}, Work: policy}
	mailing := &actor.Definition{Name: "shop.Mail", Queue: actor.Queue{Name: "work"}, Work: policy}
	sh.bill, sh.mail = actor.NewStub(billing).Via(sh.client), actor.NewStub(mailing).Via(sh.client)
	var mu sync.Mutex
	runs := 0
	table := actor.Table{
		{Definition: billing, Bind: func(actor.Message) (actor.Task, error) {
			return func(ctx context.Context) error {
				mu.Lock()
				run := runs
				runs++
				mu.Unlock()
				return f(sh, ctx, run)
			}, nil
		}},
		{Definition: mailing, Bind: func(actor.Message) (actor.Task, error) {
			return func(context.Context) error { return nil }, nil
		}},
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(s.Context()))
	ctx, _ = s.provider.Tracer("test").Start(ctx, "start of the worker") // no run is part of it
	ended := make(chan error, 1)
	go func() {
		ended <- actor.NewWorker(sh.client, tracer.Worker(actor.WorkerConfig{Logger: slog.New(slog.DiscardHandler)}), table).Run(ctx)
	}()
	sh.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			s.Errorf("Run: got %v, want nil", err)
		}
	})
	return sh
}

func (s *shop) message(stub actor.Stub) actor.Message {
	e := actor.NewEncoder()
	e.Map(0)
	m, err := stub.Message(e)
	if err != nil {
		s.Fatal(err)
	}
	return m
}

func (s *shop) send(ctx context.Context, stub actor.Stub) actor.Message {
	s.Helper()
	m := s.message(stub)
	if err := stub.Send(ctx, m); err != nil {
		s.Fatal(err)
	}
	return m
}

// openInMemory opens a shop on an in-memory broker of its own.
func openInMemory(t *testing.T, o tracing.Options, f bill) *shop {
	transport := memory.New(memory.Config{Logger: slog.New(slog.DiscardHandler)})
	t.Cleanup(func() { transport.Close() })
	return open(record(t), transport, "", o, f)
}

// publish puts a message for shop.Bill into the queue as another program does.
// What e does not say is right.
func (s *shop) publish(e actor.Envelope) {
	s.Helper()
	m := s.message(s.bill)
	e.ID, e.Actor = cmp.Or(e.ID, m.ID), cmp.Or(e.Actor, m.Actor)
	if e.Body == nil {
		e.Body = m.Body
	}
	e.Queue, e.Prefix, e.Timeout = &actor.Queue{Name: s.prefix + "work"}, s.prefix, patience
	e.Confirm, e.Mandatory = true, true
	for _, err := range s.transport.Publish(s.Context(), []actor.Envelope{e}) {
		if err != nil {
			s.Fatal(err)
		}
	}
}

func (s *shop) next(dead bool) *actor.Delivery {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), patience)
	defer cancel()
	c, err := s.transport.Consume(ctx, actor.Subscription{
		Queue: &actor.Queue{Name: s.prefix + "work"}, DeadLetter: dead, Prefix: s.prefix, Prefetch: 1,
	})
	if err != nil {
		s.Fatal(err)
	}
	defer c.Close(ctx)
	d, err := c.Receive(ctx)
	if err != nil {
		s.Fatal(err)
	}
	d.Settlement.Ack(true)
	return d
}

// traceparent is how W3C writes the context of a span that is sampled.
func traceparent(c trace.SpanContext) string {
	return "00-" + c.TraceID().String() + "-" + c.SpanID().String() + "-01"
}

// waiting returns the next message of the queue, which no worker takes.
func (s *shop) waiting() *actor.Delivery { return s.next(false) }

// dead returns the next dead letter.
func (s *shop) dead() *actor.Delivery { return s.next(true) }
