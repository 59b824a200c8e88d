package tracing

import (
	"context"
	"errors"
	"time"

	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/actorgen/actorgen/runtime/actor"
)

// send is the middleware of clients. Every message has a span of its own, from
// the call to its outcome: the messages of a batch, too, since their outcomes
// differ and each is the parent of its own task.
func (t *Tracing) send(next actor.Sender) actor.Sender {
	return func(ctx context.Context, messages []actor.Message) []error {
		operation := sending
		if actor.IsCall(ctx, messages) {
			operation = calling
		}
		var single [1]trace.Span
		spans := single[:0]
		within := ctx
		for i := range messages {
			var span trace.Span
			within, span = t.startSend(ctx, operation, &messages[i])
			spans = append(spans, span)
		}
		if len(messages) == 1 {
			ctx = within
		}
		returned := false
		defer func() {
			if !returned { // a middleware of the user's panics
				endSends(spans, nil, errNotReturned)
			}
		}()
		errs := next(ctx, messages)
		returned = true
		endSends(spans, errs, nil)
		return errs
	}
}

var errNotReturned = errors.New("the send did not return")

// startSend starts the span of a message and notes it in the message.
func (t *Tracing) startSend(ctx context.Context, o *operation, m *actor.Message) (context.Context, trace.Span) {
	b := t.origins.beginning(origin{o, m.Actor, m.Destination()})
	ctx, span := t.tracer.Start(ctx, b.name, b.options...)
	if span.IsRecording() {
		span.SetAttributes(semconv.MessagingMessageID(valid(m.ID)), semconv.MessagingMessageBodySize(len(m.Body)))
		if d := delayOf(m); d > 0 {
			span.SetAttributes(delayKey.Float64(d.Seconds()))
		}
	}
	t.inject(ctx, m)
	return ctx, span
}

func delayOf(m *actor.Message) time.Duration {
	if m.At.IsZero() {
		return m.Delay
	}
	return time.Until(m.At)
}

func endSends(spans []trace.Span, errs []error, rest error) {
	for i, span := range spans {
		err := rest
		if i < len(errs) {
			err = errs[i]
		}
		if err != nil && span.IsRecording() {
			fail(span, kindOf(err), err)
		}
		span.End()
	}
}
