package actor_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/actorgen/actorgen/runtime/actor"
)

func TestCallPassesTheMiddleware(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []string
		sending := func(next actor.Sender) actor.Sender {
			return func(ctx context.Context, messages []actor.Message) []error {
				messages[0].Headers = map[string]any{"trace": "1"}
				seen = append(seen, "send")
				errs := next(ctx, messages)
				seen = append(seen, "sent")
				return errs
			}
		}
		working := func(next actor.Handler) actor.Handler {
			return func(ctx context.Context, m actor.Message) error {
				seen = append(seen, "work "+m.Headers["trace"].(string))
				return next(ctx, m)
			}
		}
		s := calledShop{
			worker: actor.WorkerConfig{Middleware: []actor.Middleware{working}},
			client: actor.ClientConfig{Middleware: []actor.SendMiddleware{sending}},
		}.open(t, returning(5))
		if got, err := s.call(t.Context()); err != nil || got != 5 {
			t.Errorf("Call: got %d and error %v, want 5", got, err)
		}
		if got := strings.Join(seen, ", "); got != "send, work 1, sent" {
			t.Errorf("got %q, want the middleware around the call", got)
		}
		s.nothingLeft()
	})
}

// TestMiddlewareMaySendDuringACall sends a message of its own with the context
// of the call.
func TestMiddlewareMaySendDuringACall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s *shop
		auditing := false
		audit := func(next actor.Sender) actor.Sender {
			return func(ctx context.Context, messages []actor.Message) []error {
				if !auditing {
					auditing = true
					log := actor.NewStub(&actor.Definition{Name: "shop.Log", Queue: actor.Queue{Name: "nobody works here"}}).Via(s.client)
					if err := log.Send(ctx, s.message(log)); err != nil {
						t.Errorf("Send: got %v, want nil", err)
					}
				}
				return next(ctx, messages)
			}
		}
		s = calledShop{
			worker: actor.WorkerConfig{Concurrency: 1},
			client: actor.ClientConfig{Middleware: []actor.SendMiddleware{audit}},
		}.open(t, returning(5))
		if got, err := s.call(t.Context()); err != nil || got != 5 {
			t.Errorf("Call: got %d and error %v, want 5", got, err)
		}
		s.nothingLeft()
	})
}

func TestMiddlewareThatDropsACall(t *testing.T) {
	drop := func(actor.Sender) actor.Sender {
		return func(context.Context, []actor.Message) []error { return nil }
	}
	if _, err := callOver(t, &recorder{}, actor.ClientConfig{Middleware: []actor.SendMiddleware{drop}}); err == nil {
		t.Error("Call: got nil, want an error")
	}
}
