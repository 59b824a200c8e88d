package transporttest

import (
	"errors"
	"math"
	"strings"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// invalid are envelopes that no client makes, by how they differ from a good
// one.
var invalid = map[string]func(*actor.Envelope){
	"no queue":             func(e *actor.Envelope) { e.Queue = nil },
	"unnamed queue":        func(e *actor.Envelope) { e.Queue = &actor.Queue{} },
	"long queue":           func(e *actor.Envelope) { e.Queue = &actor.Queue{Name: strings.Repeat("q", 253)} },
	"queue not UTF-8":      func(e *actor.Envelope) { e.Queue = &actor.Queue{Name: "\xff"} },
	"prefix not UTF-8":     func(e *actor.Envelope) { e.Prefix = "\xff" },
	"no ID":                func(e *actor.Envelope) { e.ID = "" },
	"long ID":              func(e *actor.Envelope) { e.ID = strings.Repeat("i", 256) },
	"long actor":           func(e *actor.Envelope) { e.Actor = strings.Repeat("a", 256) },
	"large body":           func(e *actor.Envelope) { e.Body = make([]byte, 1<<20+1) },
	"reserved header":      func(e *actor.Envelope) { e.Headers = map[string]any{"CC": "q"} },
	"long header":          func(e *actor.Envelope) { e.Headers = map[string]any{strings.Repeat("h", 256): "x"} },
	"header of a type":     func(e *actor.Envelope) { e.Headers = map[string]any{"h": struct{}{}} },
	"nil header":           func(e *actor.Envelope) { e.Headers = map[string]any{"h": nil} },
	"large headers":        func(e *actor.Envelope) { e.Headers = map[string]any{"h": strings.Repeat("x", 16<<10)} },
	"priority":             func(e *actor.Envelope) { e.Priority = 256 },
	"negative delay":       func(e *actor.Envelope) { e.Delay = -1 },
	"delay over the limit": func(e *actor.Envelope) { e.Delay = maxDelay + 1 },
	"endless delay":        func(e *actor.Envelope) { e.Delay = math.MaxInt64 },
	"no time":              func(e *actor.Envelope) { e.Timeout = 0 },
	"negative time":        func(e *actor.Envelope) { e.Timeout = -time.Second },
}

var refusals = []promise{
	{"what no broker should see is not sent, and says why", func(s *scene) {
		t, q := s.open(), s.existing()
		for name, spoil := range invalid {
			e := s.envelope(q)
			spoil(&e)
			errs := t.Publish(s.within(), []actor.Envelope{e})
			if len(errs) != 1 {
				s.Fatalf("%s: got %v, want one error", name, errs)
			}
			s.refused(name, errs[0], e)
		}
		s.empty(t, q)
	}},
	{"what no broker should see harms nothing else of its batch", func(s *scene) {
		t, q := s.open(), s.existing()
		var batch, good []actor.Envelope
		for _, spoil := range invalid {
			bad := s.envelope(q)
			spoil(&bad)
			good = append(good, s.envelope(q))
			batch = append(batch, good[len(good)-1], bad)
		}
		errs := t.Publish(s.within(), batch)
		if len(errs) != len(batch) {
			s.Fatalf("Publish: got %d outcomes, want %d", len(errs), len(batch))
		}
		for i, err := range errs {
			if i%2 == 1 {
				s.refused("in a batch", err, batch[i])
			} else if err != nil {
				s.Errorf("a good message: got %v, want nil", err)
			}
		}
		s.expectAll(s.consume(t, q, 10), good)
	}},
	{"a copy is sent on whatever its original holds", func(s *scene) {
		t, q := s.open(), s.existing()
		e := s.envelope(q)
		e.Attempt, e.Body = 1, make([]byte, 1<<20+1)
		e.Headers = map[string]any{"CC": "q", "h": struct{}{}, "large": strings.Repeat("x", 200<<10)}
		s.send(t, e)
		s.ack(s.expect(s.consume(t, q, 1), e))
	}},
	{"a queue that cannot be is not consumed", func(s *scene) {
		t := s.open()
		for _, q := range []*actor.Queue{nil, {}, {Name: strings.Repeat("q", 253)}, {Name: "\xff"}} {
			if _, err := t.Consume(s.within(), actor.Subscription{Queue: q, Prefix: run, Prefetch: 1}); err == nil {
				s.Errorf("Consume from %v: got nil, want an error", q)
			}
		}
	}},
}

// refused checks that err says that nothing was sent, and why as a type.
func (s *scene) refused(name string, err error, e actor.Envelope) {
	s.Helper()
	s.outcome(err, e, actor.ErrNotSent, nil)
	var message *actor.InvalidMessageError
	var delay *actor.DelayTooLongError
	if tooLong := e.Delay > maxDelay; errors.As(err, &delay) != tooLong || errors.As(err, &message) == tooLong {
		s.Errorf("%s: got %v, want an InvalidMessageError or a DelayTooLongError", name, err)
	}
}
