package tracing_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

// spans keeps the spans that have ended.
type spans struct {
	*testing.T
	provider *sdk.TracerProvider
	exporter *tracetest.InMemoryExporter

	mu      sync.Mutex
	changed chan struct{} // closed when one more has ended
}

func record(t *testing.T, options ...sdk.TracerProviderOption) *spans {
	s := &spans{T: t, exporter: tracetest.NewInMemoryExporter(), changed: make(chan struct{})}
	s.provider = sdk.NewTracerProvider(append(options, sdk.WithSpanProcessor(s))...)
	return s
}

// OnStart, OnEnd, Shutdown and ForceFlush are those of a span processor.
func (s *spans) OnStart(context.Context, sdk.ReadWriteSpan) {}
func (s *spans) Shutdown(context.Context) error             { return nil }
func (s *spans) ForceFlush(context.Context) error           { return nil }
func (s *spans) OnEnd(span sdk.ReadOnlySpan) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.exporter.ExportSpans(context.Background(), []sdk.ReadOnlySpan{span})
	close(s.changed)
	s.changed = make(chan struct{})
}

type stub = tracetest.SpanStub

const patience = 20 * time.Second

// await waits until n spans have ended and returns them by their beginning.
func (s *spans) await(n int) tracetest.SpanStubs {
	s.Helper()
	for limit := time.After(patience); ; {
		s.mu.Lock()
		ended, changed := s.exporter.GetSpans(), s.changed
		s.mu.Unlock()
		if len(ended) >= n {
			slices.SortFunc(ended, func(a, b tracetest.SpanStub) int { return a.StartTime.Compare(b.StartTime) })
			return ended
		}
		select {
		case <-changed:
		case <-limit:
			s.Fatalf("got %d spans after %s, want %d:\n%s", len(ended), patience, n, paint(ended))
		}
	}
}

// want compares the picture of the next spans.
func (s *spans) want(picture string) tracetest.SpanStubs {
	s.Helper()
	picture = strings.TrimPrefix(picture, "\n")
	ended := s.await(strings.Count(picture, "\n"))
	if got := paint(ended); got != picture {
		s.Errorf("got spans\n%s\nwant\n%s", got, picture)
	}
	return ended
}

// paint draws spans that are sorted by their beginning as a forest, with a line
// for each: its kind and name, which span of the list it is linked to, what the
// attributes say of the run, and the error.
func paint(spans tracetest.SpanStubs) string {
	index := make(map[trace.SpanID]int)
	for i, span := range spans {
		index[span.SpanContext.SpanID()] = i
	}
	var b strings.Builder
	var draw func(i, depth int)
	draw = func(i, depth int) {
		span := spans[i]
		fmt.Fprintf(&b, "%s%d %s, %s", strings.Repeat("  ", depth), i, span.Name, span.SpanKind)
		for _, link := range span.Links {
			if to, known := index[link.SpanContext.SpanID()]; known && link.SpanContext.TraceID() == spans[to].SpanContext.TraceID() {
				fmt.Fprintf(&b, ", after %d", to)
			} else {
				b.WriteString(", after another")
			}
		}
		for _, name := range []attribute.Key{"actorgen.attempt", "actorgen.outcome", "actorgen.reason", "error.type"} {
			if value, ok := valueOf(span, name); ok {
				_, short, _ := strings.Cut(string(name), ".")
				fmt.Fprintf(&b, ", %s %s", short, value.String())
			}
		}
		if span.Status.Code == codes.Error {
			fmt.Fprintf(&b, ": %s", span.Status.Description)
		}
		b.WriteString("\n")
		for j, child := range spans {
			if child.Parent.SpanID() == span.SpanContext.SpanID() && child.SpanContext.TraceID() == span.SpanContext.TraceID() {
				draw(j, depth+1)
			}
		}
	}
	for i, span := range spans {
		if _, known := index[span.Parent.SpanID()]; !known {
			draw(i, 0)
		}
	}
	return b.String()
}

func valueOf(span tracetest.SpanStub, name attribute.Key) (attribute.Value, bool) {
	for _, a := range span.Attributes {
		if a.Key == name {
			return a.Value, true
		}
	}
	return attribute.Value{}, false
}
