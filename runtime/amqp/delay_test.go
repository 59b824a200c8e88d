package amqp

import (
	"math/rand/v2"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/amqp/layout"
)

func TestRouteWalksThroughTheLevels(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	delays := []time.Duration{0, 1, layout.Step - 1, layout.Step, layout.Step + 1, 5 * layout.Step, 168 * time.Hour}
	for range 1000 {
		delays = append(delays, time.Duration(random.Int64N(int64(168*time.Hour))))
	}
	n := layout.Levels(168 * time.Hour)
	for _, delay := range delays {
		r := routeOf(delay)
		if r.level >= n {
			t.Errorf("routeOf(%s): enters level %d of %d", delay, r.level, n)
		}
		headers := amqp.Table{}
		layout.Address(headers, r.steps)
		held := walk(t, r.level, headers)
		if held+r.remainder != delay || r.remainder >= layout.Step {
			t.Errorf("routeOf(%s): got %s on the broker and a remainder of %s", delay, held, r.remainder)
		}
	}
}

// walk does what the broker does with what the levels are made of and returns how
// long the message is held. It must wait at the level where it enters: before that
// it would be in no queue.
func walk(t *testing.T, level int, headers amqp.Table) (held time.Duration) {
	t.Helper()
	if level < 0 {
		return 0
	}
	ladder := layout.Ladder("", level+1)
	at := layout.Level("", level)
	for at != layout.Out("") {
		var taken []layout.Binding
		for _, e := range ladder {
			if b, ok := e.(layout.Binding); ok && b.Source == at && matches(b, headers) {
				taken = append(taken, b)
			}
		}
		switch {
		case len(taken) != 1:
			t.Fatalf("exchange %q with headers %v: got %d bindings that take it, want 1", at, headers, len(taken))
		case taken[0].ToExchange && held == 0:
			t.Fatalf("exchange %q with headers %v: it does not wait where it enters", at, headers)
		case taken[0].ToExchange:
			at = taken[0].Destination
			continue
		}
		for _, e := range ladder {
			if q, ok := e.(layout.Queue); ok && q.Name == taken[0].Destination {
				held += time.Duration(q.Args["x-message-ttl"].(int64)) * time.Millisecond
				at = q.Args["x-dead-letter-exchange"].(string)
			}
		}
	}
	return held
}

// matches is x-match=all.
func matches(b layout.Binding, headers amqp.Table) bool {
	for name, want := range b.Args {
		if name != "x-match" && headers[name] != want {
			return false
		}
	}
	return true
}

func TestHoldNeverExceedsTheRemainder(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	for _, c := range []struct {
		remainder time.Duration
		due       time.Time
		want      time.Duration
	}{
		{200 * time.Millisecond, now.Add(150 * time.Millisecond), 150 * time.Millisecond},
		{200 * time.Millisecond, now.Add(time.Hour), 200 * time.Millisecond}, // the sender's clock is fast
		{200 * time.Millisecond, now.Add(-time.Hour), 0},
		{200 * time.Millisecond, time.Time{}, 0},
		{time.Hour, now.Add(time.Hour), layout.Step}, // a forged header
		{0, now.Add(time.Hour), 0},
	} {
		if got := hold(c.remainder, c.due, now); got != c.want {
			t.Errorf("hold(%s, now%+s): got %s, want %s", c.remainder, c.due.Sub(now), got, c.want)
		}
	}
}
