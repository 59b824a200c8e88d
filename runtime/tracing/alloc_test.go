//go:build !race

package tracing_test

import (
	"context"
	"testing"

	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/tracing"
)

// The race detector makes pools forget, so allocations are counted without it.

// untraced are the providers that record nothing. What tracing then costs must
// not grow with what there would be to say.
var untraced = map[string]trace.TracerProvider{
	"no provider": noop.NewTracerProvider(),
	"not sampled": sdk.NewTracerProvider(sdk.WithSampler(sdk.NeverSample())),
}

func TestAllocationsWithoutSpans(t *testing.T) {
	most := map[string]float64{"no provider": 4, "not sampled": 12}
	for name, provider := range untraced {
		send, work := middlewares(provider)
		bare, bareWork := middlewares(nil)
		message := (&shop{spans: record(t)}).message(actor.NewStub(&actor.Definition{Name: "shop.Bill"}))
		for what, got := range map[string]float64{
			"send": testing.AllocsPerRun(1000, func() { send(t.Context(), []actor.Message{message}) }) -
				testing.AllocsPerRun(1000, func() { bare(t.Context(), []actor.Message{message}) }),
			"run": testing.AllocsPerRun(1000, func() { work(t.Context(), message) }) -
				testing.AllocsPerRun(1000, func() { bareWork(t.Context(), message) }),
		} {
			t.Logf("%s, %s: %v allocations", name, what, got)
			if got > most[name] {
				t.Errorf("%s, %s: got %v more allocations than without tracing, want at most %v", name, what, got, most[name])
			}
		}
	}
}

// middlewares returns those of a client and a worker around nothing.
func middlewares(provider trace.TracerProvider) (actor.Sender, actor.Handler) {
	send := func(context.Context, []actor.Message) []error { return nil }
	work := func(context.Context, actor.Message) error { return nil }
	if provider == nil {
		return send, work
	}
	tracer := tracing.New(tracing.Options{TracerProvider: provider})
	return tracer.Client(actor.ClientConfig{}).Middleware[0](send), tracer.Worker(actor.WorkerConfig{}).Middleware[0](work)
}

func BenchmarkSpans(b *testing.B) {
	providers := map[string]trace.TracerProvider{"recorded": sdk.NewTracerProvider(sdk.WithSpanProcessor(dropped{}))}
	for name, provider := range untraced {
		providers[name] = provider
	}
	for name, provider := range providers {
		send, work := middlewares(provider)
		definition := &actor.Definition{Name: "shop.Bill", Queue: actor.Queue{Name: "work"}}
		message, err := actor.NewStub(definition).Message(emptyArgs())
		if err != nil {
			b.Fatal(err)
		}
		b.Run("send/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				send(b.Context(), []actor.Message{message})
			}
		})
		b.Run("run/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				work(b.Context(), message)
			}
		})
	}
}

func emptyArgs() *actor.Encoder {
	e := actor.NewEncoder()
	e.Map(0)
	return e
}

// dropped is an exporter that costs nothing.
type dropped struct{}

func (dropped) OnStart(context.Context, sdk.ReadWriteSpan) {}
func (dropped) OnEnd(sdk.ReadOnlySpan)                     {}
func (dropped) Shutdown(context.Context) error             { return nil }
func (dropped) ForceFlush(context.Context) error           { return nil }
