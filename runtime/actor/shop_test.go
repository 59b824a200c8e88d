package actor_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/memory"
)

// shop is a worker for one actor, "shop.Work" on queue "work", on the in-memory
// broker. It lives in a synctest bubble, so that backoffs take no time.
type shop struct {
	t         *testing.T
	transport actor.Transport
	client    *actor.Client
	stub      actor.Stub
	stop      func() error
}

// handle is the function of the actor under test.
type handle func(ctx context.Context, run int) error

func open(t *testing.T, work actor.WorkPolicy, cfg actor.WorkerConfig, maxDelay time.Duration, f handle) *shop {
	t.Helper()
	return openOn(t, memory.New(memory.Config{MaxDelay: maxDelay}), work, cfg, f)
}

func openOn(t *testing.T, transport actor.Transport, work actor.WorkPolicy, cfg actor.WorkerConfig, f handle) *shop {
	t.Helper()
	definition := &actor.Definition{Name: "shop.Work", Queue: actor.Queue{Name: "work"}, Work: work}
	return openEntry(t, transport, actor.Entry{Definition: definition, Bind: numbered(f)}, cfg, actor.ClientConfig{})
}

// numbered binds f to messages; it is told which run it is.
func numbered(f handle) func(actor.Message) (actor.Task, error) {
	var mu sync.Mutex
	runs := 0
	return func(actor.Message) (actor.Task, error) {
		return func(ctx context.Context) error {
			mu.Lock()
			run := runs
			runs++
			mu.Unlock()
			return f(ctx, run)
		}, nil
	}
}

func openEntry(t *testing.T, transport actor.Transport, e actor.Entry, cfg actor.WorkerConfig, config actor.ClientConfig) *shop {
	t.Helper()
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	client := actor.NewClient(transport, config)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- actor.NewWorker(client, cfg, actor.Table{e}).Run(ctx) }()
	s := &shop{t: t, transport: transport, client: client, stub: actor.NewStub(e.Definition).Via(client)}
	s.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() {
		s.stop()
		transport.Close()
	})
	return s
}

func (s *shop) message(stub actor.Stub) actor.Message {
	s.t.Helper()
	e := actor.NewEncoder()
	e.Map(0)
	m, err := stub.Message(e)
	if err != nil {
		s.t.Fatal(err)
	}
	return m
}

func (s *shop) send(stub actor.Stub, delay time.Duration) string {
	s.t.Helper()
	m := s.message(stub)
	if err := stub.SendWithDelay(s.t.Context(), delay, m); err != nil {
		s.t.Fatal(err)
	}
	return m.ID
}

// next returns the next message of the queue, or of its dead-letter queue, and
// nil when there is none for a minute.
func (s *shop) next(dead bool) *actor.Delivery {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	c, err := s.transport.Consume(ctx, actor.Subscription{Queue: &actor.Queue{Name: "work"}, DeadLetter: dead, Prefetch: 1})
	if err != nil {
		s.t.Fatal(err)
	}
	defer c.Close(s.t.Context())
	d, err := c.Receive(ctx)
	if err != nil {
		return nil
	}
	d.Settlement.Ack(true)
	return d
}

// let lets time pass, and waits for all that it brings about.
func let(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}
