package tracing

import (
	"context"
	"strings"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/actorgen/actorgen/runtime/actor"
)

// failedRunHeader names the span of the run that failed last, in the form of a
// traceparent. The span of the next run is linked to it.
const failedRunHeader = "failed-traceparent"

// maxValue is how long a header may be that is read: as long as W3C allows for
// baggage, the longest. Longer ones count as absent.
const maxValue = 8 << 10

// headerOf returns the name of a propagator's field among the headers. Names
// that begin with "x-" belong to the broker, so those of B3 and AWS X-Ray get
// another one.
func headerOf(field string) string {
	if len(field) >= 2 && strings.EqualFold(field[:2], "x-") {
		return "trace-" + field
	}
	return field
}

// received reads the headers of a message that anybody may have sent.
type received map[string]any

func (r received) Get(field string) string {
	switch value := r[headerOf(field)].(type) {
	case string:
		if len(value) <= maxValue {
			return value
		}
	case []byte:
		if len(value) <= maxValue {
			return string(value)
		}
	}
	return ""
}

func (r received) Set(string, string) {} // what was received does not change

func (r received) Keys() []string {
	names := make([]string, 0, len(r))
	for name := range r {
		names = append(names, strings.TrimPrefix(name, "trace-"))
	}
	return names
}

// written sets headers. One that is refused, because all of them take too much
// room, is left out: no task fails for the sake of its trace.
type written func(name string, value any) error

func (w written) Set(field, value string) { _ = w(headerOf(field), value) }
func (w written) Get(string) string       { return "" }
func (w written) Keys() []string          { return nil }

// inject writes the trace of ctx into the headers of a message.
func (t *Tracing) inject(ctx context.Context, m *actor.Message) {
	t.propagator().Inject(ctx, written(m.SetHeader))
}

// extract returns ctx with the trace of the headers, or with none: never with
// the span in which a worker was started.
func (t *Tracing) extract(ctx context.Context, headers map[string]any) context.Context {
	if trace.SpanContextFromContext(ctx).IsValid() {
		ctx = trace.ContextWithSpanContext(ctx, trace.SpanContext{})
	}
	if len(headers) == 0 {
		return ctx
	}
	return t.propagator().Extract(ctx, received(headers))
}

// leave notes the span of ctx, whose run has failed, for the next one. Where the
// message came without a trace, its later runs continue that of the first.
func (t *Tracing) leave(ctx context.Context, isFirst bool) {
	set := func(name string, value any) error { return actor.SetHeader(ctx, name, value) }
	propagation.TraceContext{}.Inject(ctx, written(func(field string, value any) error {
		if field != "traceparent" {
			return nil
		}
		return set(failedRunHeader, value)
	}))
	if isFirst {
		t.propagator().Inject(ctx, written(set))
	}
}

// failedRun returns the span that leave has noted.
func failedRun(headers map[string]any) trace.SpanContext {
	note := received(headers).Get(failedRunHeader)
	if note == "" {
		return trace.SpanContext{}
	}
	ctx := propagation.TraceContext{}.Extract(context.Background(), received{"traceparent": note})
	return trace.SpanContextFromContext(ctx)
}
