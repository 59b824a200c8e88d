package actor_test

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"testing/synctest"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/memory"
)

// Both middlewares know the queue as the broker does.
func TestMiddlewareKnowsTheDestination(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []string
		sending := func(next actor.Sender) actor.Sender {
			return func(ctx context.Context, messages []actor.Message) []error {
				for _, m := range messages {
					seen = append(seen, m.Destination())
				}
				return next(ctx, messages)
			}
		}
		working := func(next actor.Handler) actor.Handler {
			return func(ctx context.Context, m actor.Message) error {
				seen = append(seen, "worked on "+m.Destination())
				return next(ctx, m)
			}
		}
		config := actor.ClientConfig{QueuePrefix: "eu.", DefaultQueue: "common", Middleware: []actor.SendMiddleware{sending}}
		entry := actor.Entry{Definition: &actor.Definition{Name: "shop.Work"}, Bind: numbered(func(context.Context, int) error { return nil })}
		s := openEntry(t, memory.New(memory.Config{}), entry, actor.WorkerConfig{Middleware: []actor.Middleware{working}}, config)
		m := s.message(s.stub)
		if err := s.client.Publish(t.Context(), m, actor.Message{}); err == nil {
			t.Error("Publish of a message that no stub made: got nil, want an error")
		}
		let(0)
		s.send(s.stub, 0)
		let(0)
		want := []string{"eu.common", "", "worked on eu.common", "eu.common", "worked on eu.common"}
		if !reflect.DeepEqual(seen, want) {
			t.Errorf("got %q, want %q", seen, want)
		}
		if got := m.Destination(); got != "" {
			t.Errorf("Destination of the caller's message: got %q, want none", got)
		}
	})
}

// The middleware of a caller can tell a call from a send, and sees how it ends.
func TestMiddlewareSeesTheFailureOfACall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls []bool
		var remote *actor.RemoteError
		sending := func(next actor.Sender) actor.Sender {
			return func(ctx context.Context, messages []actor.Message) []error {
				calls = append(calls, actor.IsCall(ctx, messages))
				errs := next(ctx, messages)
				if len(errs) == 1 {
					errors.As(errs[0], &remote)
				}
				return errs
			}
		}
		s := calledShop{client: actor.ClientConfig{Middleware: []actor.SendMiddleware{sending}}}.open(t,
			func(context.Context, int) (int, error) { return 0, errors.New("boom") })
		_, err := s.call(t.Context())
		if want := remoteError(t, err); remote != want {
			t.Errorf("the middleware got %v, want %v as its caller", remote, want)
		}
		s.send(s.stub, 0)
		if want := []bool{true, false}; !reflect.DeepEqual(calls, want) {
			t.Errorf("IsCall: got %v, want %v", calls, want)
		}
	})
}

// A middleware that swallows the error of a call does not make a result of it.
func TestMiddlewareCannotHideTheFailureOfACall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		swallow := func(next actor.Sender) actor.Sender {
			return func(ctx context.Context, messages []actor.Message) []error {
				next(ctx, messages)
				return nil
			}
		}
		s := calledShop{client: actor.ClientConfig{Middleware: []actor.SendMiddleware{swallow}}}.open(t,
			func(context.Context, int) (int, error) { return 0, errors.New("boom") })
		_, err := s.call(t.Context())
		remoteError(t, err)
	})
}
