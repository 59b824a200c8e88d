package actor_test

import (
	"context"
	"errors"
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
	bind := numbered(func(ctx context.Context, run int) error {
		v, err := f(ctx, run)
		return actor.Return(ctx, v, err, (*actor.Encoder).Int)
	})
	return openEntry(t, c.transport, actor.Entry{Definition: definition, Bind: bind}, c.worker, c.client)
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
