package actor_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/memory"
)

// counter is the function of an actor with a result.
type counter func(ctx context.Context, run int) (int, error)

func returning(v int) counter { return func(context.Context, int) (int, error) { return v, nil } }

// calledShop is what differs from the defaults in a shop whose actor is called.
type calledShop struct {
	broker    *memory.Broker  // shared with another shop
	transport actor.Transport // in the place of one to that broker
	work      actor.WorkPolicy
	worker    actor.WorkerConfig
	client    actor.ClientConfig
}

func (c calledShop) open(t *testing.T, f counter) *shop {
	t.Helper()
	if c.transport == nil {
		c.transport = memory.New(memory.Config{Broker: c.broker})
	}
	definition := &actor.Definition{Name: "shop.Count", Queue: actor.Queue{Name: "work"}, Work: c.work}
	var mu sync.Mutex
	runs := 0
	bind := func(actor.Message) (actor.Task, error) {
		return func(ctx context.Context) error {
			mu.Lock()
			run := runs
			runs++
			mu.Unlock()
			v, err := f(ctx, run)
			return actor.Return(ctx, v, err, (*actor.Encoder).Int)
		}, nil
	}
	return openTable(t, c.transport, definition, bind, c.worker, c.client)
}

func openTable(t *testing.T, transport actor.Transport, d *actor.Definition, bind func(actor.Message) (actor.Task, error),
	cfg actor.WorkerConfig, config actor.ClientConfig) *shop {
	t.Helper()
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	client := actor.NewClient(transport, config)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- actor.NewWorker(client, cfg, actor.Table{{Definition: d, Bind: bind}}).Run(ctx) }()
	s := &shop{t: t, transport: transport, client: client, stub: actor.NewStub(d).Via(client)}
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

func (s *shop) call(ctx context.Context) (int, error) {
	s.t.Helper()
	return actor.Call(ctx, s.stub, s.message(s.stub), (*actor.Decoder).Int)
}

// callOver calls without a worker.
func callOver(t *testing.T, transport actor.Transport, config actor.ClientConfig, options ...actor.SendOption) (int, error) {
	t.Helper()
	s := &shop{t: t, stub: actor.NewStub(&actor.Definition{Name: "a"}).Via(actor.NewClient(transport, config)).With(options...)}
	return s.call(t.Context())
}

// remoteError returns the failure of a call, which must be the task's.
func remoteError(t *testing.T, err error) *actor.RemoteError {
	t.Helper()
	var remote *actor.RemoteError
	if !errors.As(err, &remote) {
		t.Fatalf("Call: got error %.99q, want a *RemoteError", err)
	}
	return remote
}

// nothingLeft checks that neither the queue nor its dead letters hold a message.
func (s *shop) nothingLeft() {
	s.t.Helper()
	let(100 * time.Hour) // any retry has come back by then
	s.stop()
	for _, dead := range []bool{false, true} {
		if d := s.next(dead); d != nil {
			s.t.Errorf("got message %s left (dead-letter queue: %t, failure %q), want none", d.ID, dead, d.Failure)
		}
	}
}

func within(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}
