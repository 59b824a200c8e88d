package actor

import (
	"strings"
	"testing"
	"time"
)

func TestDestination(t *testing.T) {
	queues := map[string]*Queue{
		"limited":   {Name: "q", MaxLength: 1},
		"spelled":   {Name: "q", MaxLength: 1, Overflow: RejectPublish, Type: Classic},
		"dropping":  {Name: "q", MaxLength: 1, Overflow: DropHead},
		"unlimited": {Name: "q", Overflow: RejectPublish},
	}
	for name, test := range map[string]struct {
		envelope        Envelope
		beside, without string // where there is a retry queue, and where not
	}{
		"new":             {Envelope{}, "q", "q"},
		"delayed":         {Envelope{Delay: time.Nanosecond}, "q.RQ", "q"},
		"on its way":      {Envelope{Remaining: time.Hour}, "q.RQ", "q"},
		"retry":           {Envelope{Attempt: 1, Delay: time.Second}, "q.RQ", "q"},
		"retry at once":   {Envelope{Attempt: 1}, "q.RQ", "q"},
		"dead":            {Envelope{Attempt: 1, DeadLetter: true}, "q.XQ", "q.XQ"},
		"dead with delay": {Envelope{Delay: time.Second, DeadLetter: true}, "q.XQ", "q.XQ"},
	} {
		for kind, q := range queues {
			e, want := test.envelope, test.without
			if e.Queue = q; kind == "limited" || kind == "spelled" {
				want = test.beside
			}
			if got := e.Destination(); got != want {
				t.Errorf("%s message for a queue that is %s: got %q, want %q", name, kind, got, want)
			}
		}
	}
	if got := (&Envelope{Delay: time.Second}).Destination(); got != "" {
		t.Errorf("no queue: got %q, want none", got)
	}
}

// Users know the queue that they named; what no broker has seen did not get to
// the one beside it.
func TestRefusedMessageNamesTheActorsQueue(t *testing.T) {
	e := Envelope{Actor: "a", Queue: &Queue{Name: "q", MaxLength: 1}, Delay: time.Minute}
	for _, limit := range []time.Duration{time.Second, time.Hour} {
		if err := e.Check(limit); err == nil || strings.Contains(err.Error(), RetrySuffix) || !strings.Contains(err.Error(), `"q"`) {
			t.Errorf("limit %s: got %v, want an error that names %q", limit, err, "q")
		}
	}
}

func TestPlanRefusesTheNamesOfQueuesBeside(t *testing.T) {
	limited := entry("limited", "a", "")
	limited.Definition.Queue.MaxLength = 5
	for _, test := range []struct {
		name  string
		table Table
		cfg   ClientConfig
		want  string // empty where there is no clash
	}{
		{"retries", Table{limited, entry("x", "a.RQ", "")}, ClientConfig{}, `queue "a.RQ" has the name of the queue that takes the retries of "a"`},
		{"dead letters", Table{limited, entry("x", "a.XQ", "")}, ClientConfig{}, `queue "a.XQ" has the name of the queue that holds the dead letters of "a"`},
		{"not worked on", Table{limited, entry("y", "b", ""), entry("x", "b.XQ", "")}, ClientConfig{}, `"b.XQ"`},
		{"by another name", Table{limited, entry("x", "", "")}, ClientConfig{DefaultQueue: "a.RQ", QueuePrefix: "eu."}, `queue "eu.a.RQ"`},
		{"no retry queue", Table{limited, entry("y", "b", ""), entry("x", "b.RQ", "")}, ClientConfig{}, ""},
		{"of another broker", Table{limited, entry("x", "a.RQ", "analytics")}, ClientConfig{}, ""},
	} {
		_, err := newPlan([]Table{test.table}, DefaultName, []string{"a"}, &test.cfg)
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s: got %v, want nil", test.name, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: got %v, want it to contain %s", test.name, err, test.want)
		}
	}
}

// What is held for the same places is held by the same rule.
func TestPrefetchOfAQueueAndItsRetries(t *testing.T) {
	main, retries := &watchedConsumer{}, &watchedConsumer{}
	p := newPrefetch(&Queue{}, 0, 8)
	p.consumers = []Consumer{main, retries}
	for range 200 {
		p.observe(time.Microsecond)
	}
	if main.prefetch != maxPrefetch || retries.prefetch != maxPrefetch {
		t.Errorf("short handlers: got prefetch %d and %d, want %d for both", main.prefetch, retries.prefetch, maxPrefetch)
	}
	p.retreat()
	if main.prefetch != 1 || retries.prefetch != 1 {
		t.Errorf("no slot: got prefetch %d and %d, want 1 for both", main.prefetch, retries.prefetch)
	}
}
