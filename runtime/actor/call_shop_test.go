package actor_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// counter is the function of an actor with a result.
type counter func(ctx context.Context, run int) (int, error)

// callShop is a shop whose actor has a result.
func callShop(t *testing.T, transport actor.Transport, work actor.WorkPolicy, cfg actor.WorkerConfig, client actor.ClientConfig, f counter) *shop {
	t.Helper()
	definition := &actor.Definition{Name: "shop.Count", Queue: actor.Queue{Name: "work"}, Work: work}
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
	return openTable(t, transport, definition, bind, cfg, client)
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
