//go:build !race

package actor_test

import (
	"context"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// The race detector makes pools forget, so allocations are counted without it.

func TestSendAllocations(t *testing.T) {
	stub := mail.Via(actor.NewClient(discard{}, actor.ClientConfig{}))
	ctx := t.Context()
	got := testing.AllocsPerRun(1000, func() {
		if err := stub.Send(ctx, message(t, stub, "ada@example.com")); err != nil {
			t.Fatal(err)
		}
	})
	if got > 4 {
		t.Errorf("got %v allocations for a send up to the transport, want at most 4", got)
	}
}

// discard is a transport that takes everything.
type discard struct{ actor.Transport }

func (discard) MaxDelay() time.Duration                           { return time.Hour }
func (discard) Publish(context.Context, []actor.Envelope) []error { return nil }
