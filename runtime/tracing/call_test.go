package tracing_test

import (
	"context"
	"errors"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/tracing"
)

// A call is one span of its caller's, from the request to the reply.
func TestCall(t *testing.T) {
	onBoth(t, func(t *testing.T, transport actor.Transport, prefix string) {
		s := open(record(t), transport, prefix, tracing.Options{}, func(_ *shop, ctx context.Context, run int) error {
			if run == 0 {
				return errors.New("no such card")
			}
			return actor.Return(ctx, run, nil, (*actor.Encoder).Int)
		})
		defer s.stop()
		var remote *actor.RemoteError
		if _, err := actor.Call(t.Context(), s.bill, s.message(s.bill), (*actor.Decoder).Int); !errors.As(err, &remote) {
			t.Fatalf("Call: got %v, want a *RemoteError", err)
		}
		s.want(`
0 call shop.Bill, client, type *actor.RemoteError: call shop.Bill: no such card
  1 process shop.Bill, consumer, attempt 0, outcome call_failed, reason error, type *errors.errorString: no such card
`)
		if got, err := actor.Call(t.Context(), s.bill, s.message(s.bill), (*actor.Decoder).Int); err != nil || got != 1 {
			t.Fatalf("Call: got %d and %v, want 1", got, err)
		}
		ended := s.want(`
0 call shop.Bill, client, type *actor.RemoteError: call shop.Bill: no such card
  1 process shop.Bill, consumer, attempt 0, outcome call_failed, reason error, type *errors.errorString: no such card
2 call shop.Bill, client
  3 process shop.Bill, consumer, attempt 0, outcome done
`)
		if call, run := ended[2], ended[3]; run.StartTime.Before(call.StartTime) || call.EndTime.Before(run.StartTime) {
			t.Errorf("got a run from %s within a call from %s to %s, want the call to end after it has begun", run.StartTime, call.StartTime, call.EndTime)
		}
	})
}
