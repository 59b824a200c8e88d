package tracing

import (
	"sync"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// operation is what a span stands for.
type operation struct {
	name string
	kind trace.SpanKind
	of   attribute.KeyValue
}

var (
	sending    = &operation{"send", trace.SpanKindProducer, semconv.MessagingOperationTypeSend}
	calling    = &operation{"call", trace.SpanKindClient, semconv.MessagingOperationTypeSend} // its sender waits
	processing = &operation{"process", trace.SpanKindConsumer, semconv.MessagingOperationTypeProcess}
)

// origin is where spans come from that start alike.
type origin struct {
	operation *operation
	actor     string // empty for one that the worker does not know
	queue     string
}

// beginning is how the spans of an origin start.
type beginning struct {
	name    string
	options []trace.SpanStartOption
}

// origins keeps the beginnings, so that a span that nobody records costs no
// making of attributes. There are as many as actors.
type origins struct {
	mu    sync.RWMutex
	known map[origin]*beginning
}

func (o *origins) beginning(of origin) *beginning {
	o.mu.RLock()
	b := o.known[of]
	o.mu.RUnlock()
	if b != nil {
		return b
	}
	b = of.beginning()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.known == nil {
		o.known = make(map[origin]*beginning)
	}
	o.known[of] = b
	return b
}

// beginning makes what the spans of o start with, which is what a sampler sees.
// The name has the actor, where the conventions propose the queue: many actors
// may share one.
func (o origin) beginning() *beginning {
	attributes := []attribute.KeyValue{
		semconv.MessagingSystemRabbitMQ,
		semconv.MessagingOperationName(o.operation.name),
		o.operation.of,
		semconv.MessagingDestinationName(valid(o.queue)),
		semconv.MessagingRabbitMQDestinationRoutingKey(valid(o.queue)),
	}
	name := o.operation.name + " " + valid(o.queue)
	if o.actor != "" {
		name = o.operation.name + " " + valid(o.actor)
		attributes = append(attributes, actorKey.String(valid(o.actor)))
	}
	return &beginning{name, []trace.SpanStartOption{
		trace.WithSpanKind(o.operation.kind),
		trace.WithAttributes(attributes...),
	}}
}
