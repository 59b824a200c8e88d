// Package tracing makes OpenTelemetry spans of what clients send and workers
// run, and carries the trace from one to the other in the headers of messages:
// from the request that sent a task through its delay and its retries to the
// function that ran. Names and attributes are those of the semantic conventions
// for messaging. The page docs/tracing.md shows what a trace looks like.
//
// It uses the API of OpenTelemetry alone. Spans go nowhere until the program
// has set up a provider, usually that of the SDK.
package tracing

import (
	"slices"
	"sync"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/version"
)

// Options are what [New] makes spans with. The zero value works.
type Options struct {
	// TracerProvider makes the spans. Defaults to the one that
	// otel.SetTracerProvider sets, before or after New.
	TracerProvider trace.TracerProvider
	// Propagator writes the trace into headers and reads it. Both sides need
	// the same. Defaults to the one that otel.SetTextMapPropagator has set by
	// the time of the first message, else to propagation.TraceContext, the
	// headers traceparent and tracestate of W3C.
	Propagator propagation.TextMapPropagator
}

// Tracing traces the clients and workers whose configurations it has made. It
// may be used concurrently.
type Tracing struct {
	tracer     trace.Tracer
	propagator func() propagation.TextMapPropagator
	origins    origins
}

// New returns a Tracing. It starts nothing.
func New(o Options) *Tracing {
	if o.TracerProvider == nil {
		o.TracerProvider = otel.GetTracerProvider()
	}
	t := &Tracing{
		tracer:     o.TracerProvider.Tracer(scope, trace.WithInstrumentationVersion(version.Library()), trace.WithSchemaURL(semconv.SchemaURL)),
		propagator: sync.OnceValue(globalPropagator),
	}
	if o.Propagator != nil {
		t.propagator = func() propagation.TextMapPropagator { return o.Propagator }
	}
	return t
}

// scope names what makes the spans.
const scope = "github.com/actorgen/actorgen/runtime/tracing"

func globalPropagator() propagation.TextMapPropagator {
	if p := otel.GetTextMapPropagator(); len(p.Fields()) > 0 {
		return p
	}
	return propagation.TraceContext{} // nobody has set one, and it would write nothing
}

// Client returns config with a middleware that makes a span of every message
// that is sent, and of every call, outside of the other middleware.
func (t *Tracing) Client(config actor.ClientConfig) actor.ClientConfig {
	config.Middleware = slices.Insert(slices.Clone(config.Middleware), 0, t.send)
	return config
}

// Worker returns config with what makes a span of every run of a task, outside
// of the other middleware, so that their spans and those of the handler are its
// children. Messages that are not run because they cannot be, and end as a
// retry or a dead letter, have a span, too.
func (t *Tracing) Worker(config actor.WorkerConfig) actor.WorkerConfig {
	config.Middleware = slices.Insert(slices.Clone(config.Middleware), 0, t.process)
	config.Observers = append(slices.Clip(config.Observers), t.observe)
	return config
}
