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
		r.address(headers)
		if len(headers) != r.level+1 {
			t.Errorf("routeOf(%s): got %d headers, want %d", delay, len(headers), r.level+1)
		}
		held := walk(t, r.level, headers)
		if held+r.remainder != delay || r.remainder >= layout.Step {
			t.Errorf("routeOf(%s): got %s on the broker and a remainder of %s", delay, held, r.remainder)
		}
		if r.level >= 0 && headers[layout.LevelHeader(r.level)] != int64(1) {
			t.Errorf("routeOf(%s): does not wait at the level where it enters", delay)
		}
	}
}

// walk does what the exchanges do and returns how long the message is held.
func walk(t *testing.T, level int, headers amqp.Table) (held time.Duration) {
	t.Helper()
	for n := level; n >= 0; n-- {
		switch headers[layout.LevelHeader(n)] {
		case int64(1):
			held += layout.Step << n
		case int64(0):
		default:
			t.Fatalf("level %d: got header %v, no binding takes it", n, headers[layout.LevelHeader(n)])
		}
	}
	return held
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
