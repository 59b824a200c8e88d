package amqp

import (
	"log/slog"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

func TestLateReturnsAreLoggedOnceAMinute(t *testing.T) {
	l := &lateReturns{log: slog.New(slog.DiscardHandler), count: new(counters)}
	start := time.Now()
	for _, step := range []struct {
		queue  string
		after  time.Duration
		silent int
		due    bool
	}{
		{"a", 0, 0, true},
		{"a", time.Second, 0, false},
		{"b", time.Second, 0, true},
		{"a", lateInterval - 1, 0, false},
		{"a", lateInterval, 2, true},
		{"a", lateInterval + 1, 0, false},
	} {
		if silent, due := l.due(step.queue, start.Add(step.after)); silent != step.silent || due != step.due {
			t.Errorf("return for %s after %s: got %d, %t, want %d, %t", step.queue, step.after, silent, due, step.silent, step.due)
		}
	}
	told := 0
	l.missing = func(queue string) { told++ }
	for range 3 {
		l.note(amqp.Return{RoutingKey: "c"})
	}
	if n := l.count.lateReturns.Load(); n != 3 || told != 3 {
		t.Errorf("got %d counted and %d told, want 3 and 3", n, told)
	}
}
