package tracing_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/tracing"
	"github.com/actorgen/actorgen/runtime/version"
)

// One trace leads from the request over the send, the delay and the retries to
// the handler and to what that sends.
func TestOneTrace(t *testing.T) {
	onBoth(t, func(t *testing.T, transport actor.Transport, prefix string) {
		s := open(record(t), transport, prefix, tracing.Options{}, func(s *shop, ctx context.Context, run int) error {
			switch run {
			case 0:
				return errors.New("card terminal is busy")
			case 1:
				return actor.RetryAfter(300*time.Millisecond, fmt.Errorf("charge: %w", context.DeadlineExceeded))
			}
			s.send(ctx, s.mail)
			return nil
		})
		defer s.stop()
		ctx, span := s.provider.Tracer("test").Start(t.Context(), "POST /orders")
		m := s.message(s.bill)
		if err := s.bill.SendWithDelay(ctx, 300*time.Millisecond, m); err != nil {
			t.Fatal(err)
		}
		span.End()
		ended := s.want(`
0 POST /orders, internal
  1 send shop.Bill, producer
    2 process shop.Bill, consumer, attempt 0, outcome retried, reason error, type *errors.errorString: card terminal is busy
    3 process shop.Bill, consumer, after 2, attempt 1, outcome retried, reason error, type context.deadlineExceededError: retry after 300ms: charge: context deadline exceeded
    4 process shop.Bill, consumer, after 3, attempt 2, outcome done
      5 send shop.Mail, producer
        6 process shop.Mail, consumer, attempt 0, outcome done
`)
		if got := ended[1].InstrumentationScope; got.Version != version.Library() {
			t.Errorf("got spans of %+v, want version %s", got, version.Library())
		}
		s.hasAttributes(ended[1].Attributes, map[attribute.Key]any{
			"messaging.system": "rabbitmq", "messaging.operation.name": "send", "messaging.operation.type": "send",
			"messaging.destination.name": prefix + "work", "messaging.rabbitmq.destination.routing_key": prefix + "work",
			"messaging.message.id": m.ID, "messaging.message.body.size": int64(len(m.Body)),
			"actorgen.actor": "shop.Bill", "actorgen.delay": 0.3,
		})
		s.hasAttributes(ended[3].Attributes, map[attribute.Key]any{
			"messaging.system": "rabbitmq", "messaging.operation.name": "process", "messaging.operation.type": "process",
			"messaging.destination.name": prefix + "work", "messaging.rabbitmq.destination.routing_key": prefix + "work",
			"messaging.message.id": m.ID, "messaging.message.body.size": int64(len(m.Body)),
			"actorgen.actor": "shop.Bill", "actorgen.attempt": int64(1), "actorgen.outcome": "retried",
			"actorgen.reason": "error", "actorgen.delay": 0.3, "error.type": "context.deadlineExceededError",
		})
		if events := ended[3].Events; len(events) != 1 || events[0].Name != "exception" || !events[0].Time.Equal(ended[3].EndTime) {
			t.Errorf("got events %+v, want one exception as the run ends, at %s", events, ended[3].EndTime)
		} else {
			s.hasAttributes(events[0].Attributes, map[attribute.Key]any{
				"exception.type":    "context.deadlineExceededError",
				"exception.message": "retry after 300ms: charge: context deadline exceeded",
			})
		}
	})
}

func (s *spans) hasAttributes(attributes []attribute.KeyValue, want map[attribute.Key]any) {
	s.Helper()
	got := make(map[attribute.Key]any)
	for _, a := range attributes {
		got[a.Key] = a.Value.AsInterface()
	}
	if !reflect.DeepEqual(got, want) {
		s.Errorf("got attributes\n%v, want\n%v", got, want)
	}
}

// A dead letter has what leads to its last run.
func TestDeadLetter(t *testing.T) {
	onBoth(t, func(t *testing.T, transport actor.Transport, prefix string) {
		s := open(record(t), transport, prefix, tracing.Options{}, func(_ *shop, _ context.Context, run int) error {
			if run == 1 {
				return actor.Reject(errors.New("no such card"))
			}
			return errors.New("boom")
		})
		defer s.stop()
		s.send(t.Context(), s.bill)
		ended := s.want(`
0 send shop.Bill, producer
  1 process shop.Bill, consumer, attempt 0, outcome retried, reason error, type *errors.errorString: boom
  2 process shop.Bill, consumer, after 1, attempt 1, outcome dead_lettered, reason rejected, type *errors.errorString: rejected: no such card
`)
		want := map[string]any{"traceparent": traceparent(ended[0].SpanContext), "failed-traceparent": traceparent(ended[2].SpanContext)}
		if d := s.dead(); !reflect.DeepEqual(d.Headers, want) {
			t.Errorf("headers of the dead letter: got %v, want %v", d.Headers, want)
		}
	})
}

func TestEveryWayToFail(t *testing.T) {
	for name, test := range map[string]struct {
		f    bill
		want string
	}{
		"panic": {func(*shop, context.Context, int) error { panic("no such index") },
			"outcome dead_lettered, reason retries_exhausted, type panic: panic: no such index"},
		"Goexit": {func(*shop, context.Context, int) error { runtime.Goexit(); return nil },
			"outcome dead_lettered, reason retries_exhausted, type *errors.errorString: the task ended its goroutine (runtime.Goexit)"},
		"failed send": {func(s *shop, ctx context.Context, _ int) error {
			return s.bill.SendWithDelay(ctx, -time.Second, s.message(s.bill))
		}, "outcome dead_lettered, reason retries_exhausted, type *actor.InvalidMessageError: send shop.Bill to queue \"work\": delay -1s is negative"},
		"not UTF-8": {func(*shop, context.Context, int) error { return errors.New("\xff") },
			"outcome dead_lettered, reason retries_exhausted, type *errors.errorString: \uFFFD"},
		"an error that panics": {func(*shop, context.Context, int) error { return explosive{} },
			"outcome dead_lettered, reason retries_exhausted, type panic: panic: no text"},
	} {
		t.Run(name, func(t *testing.T) {
			s := openInMemory(t, tracing.Options{}, test.f)
			defer s.stop()
			s.publish(actor.Envelope{Attempt: 2})
			d := s.dead()
			ended := s.await(1)
			if got := paint(ended[:1]); !strings.HasSuffix(got, ", attempt 2, "+test.want+"\n") {
				t.Errorf("got span\n%s, want it to end\n%s", got, test.want)
			}
			if d.Headers["failed-traceparent"] == nil {
				t.Errorf("dead letter: got headers %v, want those that name the run", d.Headers)
			}
		})
	}
}

type explosive struct{}

func (explosive) Error() string { panic("no text") }
