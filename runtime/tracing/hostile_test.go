package tracing_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/tracing"
)

// Whatever anybody writes into the headers, the task runs, once, under a span
// that has no part in it.
func TestHostileHeaders(t *testing.T) {
	const good = "00-ab0000000000000000000000000000cd-0000000000000001-01"
	hostile := map[string]any{
		"long": strings.Repeat("0", 10_000), "long and good": good + strings.Repeat("-x", 8_000), "binary": "\x00\xff\xfe" + good,
		"bytes": []byte{0, 0xff}, "number": int64(7), "empty": "", "zeros": "00-" + strings.Repeat("0", 32) + "-" + strings.Repeat("0", 16) + "-01",
		"upper case": strings.ToUpper(good), "unknown version": "ff" + good[2:], "more": good + "-more", "lines": good[:20] + "\n" + good[21:],
	}
	all := propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}, trusting{t})
	onBoth(t, func(t *testing.T, transport actor.Transport, prefix string) {
		var runs, members atomic.Int32
		s := open(record(t), transport, prefix, tracing.Options{Propagator: all}, func(_ *shop, ctx context.Context, _ int) error {
			runs.Add(1)
			members.Add(int32(baggage.FromContext(ctx).Len()))
			return nil
		})
		for _, value := range hostile {
			s.publish(actor.Envelope{Attempt: 1, Headers: map[string]any{
				"traceparent": value, "tracestate": value, "baggage": value, "failed-traceparent": value, "TRACEPARENT": value,
			}})
			s.publish(actor.Envelope{Attempt: 1, Headers: map[string]any{"tracestate": value, "traceparent": good}})
		}
		ended := s.await(2 * len(hostile))
		s.stop()
		withParent := 0
		for _, span := range ended {
			if span.Parent.IsValid() {
				withParent++
			}
			if outcome, _ := valueOf(span, "actorgen.outcome"); outcome.AsString() != "done" || len(span.Links) > 0 {
				t.Errorf("got span\n%s, want one of a run that succeeded, without a link", paint([]stub{span}))
			}
		}
		if withParent != len(hostile) {
			t.Errorf("got %d spans with a parent, want the %d whose traceparent is good", withParent, len(hostile))
		}
		if runs.Load() != int32(2*len(hostile)) || members.Load() != 0 {
			t.Errorf("got %d runs and %d members of baggage, want %d and none", runs.Load(), members.Load(), 2*len(hostile))
		}
	})
}

// trusting is a propagator that sets no limits of its own.
type trusting struct{ *testing.T }

func (trusting) Fields() []string                                   { return nil }
func (trusting) Inject(context.Context, propagation.TextMapCarrier) {}

func (p trusting) Extract(ctx context.Context, carrier propagation.TextMapCarrier) context.Context {
	if value := carrier.Get("traceparent"); len(value) > 8<<10 {
		p.Errorf("got a header of %d bytes, want none of more than 8 KiB", len(value))
	}
	return ctx
}

// What cannot be run has a span that says why.
func TestMessagesThatAreNotRun(t *testing.T) {
	const good = "00-ab0000000000000000000000000000cd-0000000000000001-01"
	for name, test := range map[string]struct {
		envelope actor.Envelope
		want     string
	}{
		"malformed": {actor.Envelope{Body: []byte("{}"), ContentType: "application/json"},
			`process shop.Bill, consumer, attempt 0, outcome dead_lettered, reason malformed, type malformed: rejected: content type "application/json" is not application/msgpack`},
		"unknown": {actor.Envelope{Actor: "shop.\xff", Attempt: 99},
			`process work, consumer, attempt 99, outcome dead_lettered, reason unknown_actor, type unknown_actor: unknown actor "shop.\xff" (is the worker older than the sender, or the queue shared with another service?)`},
	} {
		t.Run(name, func(t *testing.T) {
			s := openInMemory(t, tracing.Options{}, nothing)
			defer s.stop()
			test.envelope.ID = "\xff"
			test.envelope.Headers = map[string]any{"traceparent": good}
			s.publish(test.envelope)
			span := s.await(1)[0]
			if got := paint([]stub{span}); got != "0 "+test.want+"\n" {
				t.Errorf("got span\n%swant\n0 %s", got, test.want)
			}
			if got := span.Parent.TraceID().String(); !strings.Contains(good, got) {
				t.Errorf("got a span of trace %s, want the sender's", got)
			}
			for _, a := range span.Attributes {
				if strings.Contains(a.Value.String(), "\xff") {
					t.Errorf("attribute %s: got %q, want UTF-8", a.Key, a.Value.String())
				}
			}
		})
	}
}

// A message without a trace begins one, which its retries continue, also where
// its worker was started within a span.
func TestMessageWithoutATrace(t *testing.T) {
	s := openInMemory(t, tracing.Options{}, func(_ *shop, _ context.Context, run int) error {
		if run < 2 {
			return errors.New("boom")
		}
		return nil
	})
	defer s.stop()
	s.publish(actor.Envelope{})
	s.want(`
0 process shop.Bill, consumer, attempt 0, outcome retried, reason error, type *errors.errorString: boom
  1 process shop.Bill, consumer, after 0, attempt 1, outcome retried, reason error, type *errors.errorString: boom
  2 process shop.Bill, consumer, after 1, attempt 2, outcome done
`)
}

// The decision of a sender not to sample is kept, and passed on.
func TestNotSampled(t *testing.T) {
	var inside []trace.SpanContext
	done := make(chan struct{})
	s := openInMemory(t, tracing.Options{}, func(_ *shop, ctx context.Context, run int) error {
		inside = append(inside, trace.SpanContextFromContext(ctx))
		if run == 0 {
			return errors.New("boom")
		}
		close(done)
		return nil
	})
	s.publish(actor.Envelope{Headers: map[string]any{"traceparent": "00-ab0000000000000000000000000000cd-0000000000000001-00"}})
	<-done
	s.stop()
	for _, c := range inside {
		if c.TraceID() != (trace.TraceID{0xab, 15: 0xcd}) || c.IsSampled() {
			t.Errorf("got trace %s, sampled %t, want the sender's, not sampled", c.TraceID(), c.IsSampled())
		}
	}
	if got := s.await(0); len(inside) != 2 || len(got) != 0 {
		t.Errorf("got %d runs and spans\n%s, want two and none", len(inside), paint(got))
	}
}
