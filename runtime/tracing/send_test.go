package tracing_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/memory"
	"github.com/actorgen/actorgen/runtime/tracing"
)

func nothing(*shop, context.Context, int) error { return nil }

// Each message of a batch has its own span, with its own outcome, which is the
// parent of its own run.
func TestBatch(t *testing.T) {
	onBoth(t, func(t *testing.T, transport actor.Transport, prefix string) {
		s := open(record(t), transport, prefix, tracing.Options{}, nothing)
		defer s.stop()
		ctx, span := s.provider.Tracer("test").Start(t.Context(), "POST /orders")
		bad := s.message(s.bill)
		bad.Delay = -time.Second
		batch := []actor.Message{s.message(s.bill), bad, s.message(s.mail)}
		var failed *actor.BatchError
		if err := s.client.Publish(ctx, batch...); !errors.As(err, &failed) {
			t.Fatalf("Publish: got %v, want a *BatchError", err)
		}
		span.End()
		ended := s.await(6)
		var got []string
		for _, span := range ended {
			id, _ := valueOf(span, "messaging.message.id")
			of := "none"
			for i, m := range batch {
				if m.ID == id.AsString() {
					of = string(rune('0' + i))
				}
			}
			if strings.HasPrefix(span.Name, "process") {
				got = append(got, span.Name+" "+of)
				parent := ended[1:4][of[0]-'0']
				if span.Parent.SpanID() != parent.SpanContext.SpanID() {
					t.Errorf("%s: got a parent that is not the send of the message", span.Name)
				}
			}
		}
		if len(got) != 2 {
			t.Errorf("got runs %q, want two", got)
		}
		if got := paint(ended[:4]); got != `0 POST /orders, internal
  1 send shop.Bill, producer
  2 send shop.Bill, producer, type *actor.InvalidMessageError: send shop.Bill to queue "`+prefix+`work": delay -1s is negative
  3 send shop.Mail, producer
` {
			t.Errorf("got spans\n%s, want one for each message", got)
		}
		if batch[0].Headers != nil {
			t.Errorf("headers of the caller's message: got %v, want none", batch[0].Headers)
		}
	})
}

// What travels is the header of W3C, byte for byte, and nothing else.
func TestHeadersOnTheWire(t *testing.T) {
	onBoth(t, func(t *testing.T, transport actor.Transport, prefix string) {
		s := open(record(t), transport, prefix, tracing.Options{}, nothing)
		s.stop()
		state, err := trace.ParseTraceState("vendor=value")
		if err != nil {
			t.Fatal(err)
		}
		ctx := trace.ContextWithRemoteSpanContext(t.Context(), trace.NewSpanContext(trace.SpanContextConfig{
			TraceID: trace.TraceID{0xab, 15: 0xcd}, SpanID: trace.SpanID{7: 1}, TraceFlags: trace.FlagsSampled, TraceState: state,
		}))
		stub := s.bill.With(actor.Header("tenant", "eu"))
		s.send(ctx, stub)
		parent := s.await(1)[0].SpanContext
		want := map[string]any{"tenant": "eu", "traceparent": "00-ab0000000000000000000000000000cd-" + parent.SpanID().String() + "-01", "tracestate": "vendor=value"}
		if d := s.waiting(); !reflect.DeepEqual(d.Headers, want) {
			t.Errorf("got headers %v, want %v", d.Headers, want)
		}
		s.send(t.Context(), stub)
		root := s.await(2)[1].SpanContext
		want = map[string]any{"tenant": "eu", "traceparent": traceparent(root)}
		if d := s.waiting(); !reflect.DeepEqual(d.Headers, want) {
			t.Errorf("got headers %v, want %v", d.Headers, want)
		}
	})
}

// A propagator of the user's own is used for both ways, whatever its headers are
// called.
func TestPropagator(t *testing.T) {
	onBoth(t, func(t *testing.T, transport actor.Transport, prefix string) {
		var got baggage.Baggage
		s := open(record(t), transport, prefix, tracing.Options{Propagator: propagation.NewCompositeTextMapPropagator(foreign{}, propagation.Baggage{})},
			func(_ *shop, ctx context.Context, _ int) error {
				got = baggage.FromContext(ctx)
				return nil
			})
		defer s.stop()
		bag, err := baggage.Parse("customer=ada")
		if err != nil {
			t.Fatal(err)
		}
		s.send(baggage.ContextWithBaggage(t.Context(), bag), s.bill)
		s.want(`
0 send shop.Bill, producer
  1 process shop.Bill, consumer, attempt 0, outcome done
`)
		if got.String() != "customer=ada" {
			t.Errorf("baggage of the handler: got %q, want customer=ada", got)
		}
	})
}

// foreign is a propagator like those of B3 and AWS X-Ray, whose fields have names
// that belong to the broker.
type foreign struct{ propagation.TraceContext }

func (f foreign) Fields() []string { return []string{"X-Foreign-Trace"} }

func (f foreign) Inject(ctx context.Context, carrier propagation.TextMapCarrier) {
	fields := propagation.MapCarrier{}
	f.TraceContext.Inject(ctx, fields)
	carrier.Set("X-Foreign-Trace", fields["traceparent"])
}

func (f foreign) Extract(ctx context.Context, carrier propagation.TextMapCarrier) context.Context {
	return f.TraceContext.Extract(ctx, propagation.MapCarrier{"traceparent": carrier.Get("X-Foreign-Trace")})
}

// Headers that are full leave no room for the trace, and are sent without it.
func TestNoRoomForTheTrace(t *testing.T) {
	s := openInMemory(t, tracing.Options{}, nothing)
	defer s.stop()
	s.send(t.Context(), s.bill.With(actor.Header("full", strings.Repeat("x", 12<<10-4))))
	s.want(`
0 send shop.Bill, producer
1 process shop.Bill, consumer, attempt 0, outcome done
`)
}

// A middleware that panics leaves no span open.
func TestSendThatPanics(t *testing.T) {
	s := record(t)
	tracer := tracing.New(tracing.Options{TracerProvider: s.provider})
	transport := memory.New(memory.Config{})
	defer transport.Close()
	explode := func(actor.Sender) actor.Sender {
		return func(context.Context, []actor.Message) []error { panic("no such tenant") }
	}
	client := actor.NewClient(transport, tracer.Client(actor.ClientConfig{Middleware: []actor.SendMiddleware{explode}}))
	defer func() {
		if value := recover(); value != "no such tenant" {
			t.Errorf("got panic %v, want that of the middleware", value)
		}
		s.want(`
0 send shop.Bill, producer, type *errors.errorString: the send did not return
`)
	}()
	stub := actor.NewStub(&actor.Definition{Name: "shop.Bill"}).Via(client)
	stub.Send(t.Context(), (&shop{spans: s}).message(stub))
}

// Without a global propagator that of W3C is used; one that is set later counts.
func TestGlobalPropagator(t *testing.T) {
	before := otel.GetTextMapPropagator()
	for name, test := range map[string]struct {
		global propagation.TextMapPropagator
		want   string
	}{
		"none": {propagation.NewCompositeTextMapPropagator(), "traceparent"},
		"set":  {foreign{}, "trace-X-Foreign-Trace"},
	} {
		t.Run(name, func(t *testing.T) {
			s := openInMemory(t, tracing.Options{}, nothing)
			s.stop()
			otel.SetTextMapPropagator(test.global)
			defer otel.SetTextMapPropagator(before)
			s.send(t.Context(), s.bill)
			if d := s.waiting(); len(d.Headers) != 1 || d.Headers[test.want] == nil {
				t.Errorf("got headers %v, want %s", d.Headers, test.want)
			}
		})
	}
}
