package tracing

import (
	"context"
	"runtime/debug"
	"time"

	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/actorgen/actorgen/runtime/actor"
)

// process is the middleware of workers. The span of a run continues the trace of
// the message's sender, whichever run it is, and is linked to the span of the run
// that failed before it.
func (t *Tracing) process(next actor.Handler) actor.Handler {
	return func(ctx context.Context, m actor.Message) error {
		facts, _ := actor.DeliveryFacts(ctx)
		ctx = t.extract(ctx, m.Headers)
		isFirst := !trace.SpanContextFromContext(ctx).IsValid()
		ctx, span := t.startProcess(ctx, m.Actor, m.Destination(), &facts)
		if !span.IsRecording() {
			defer span.End()
			return next(ctx, m)
		}
		span.SetAttributes(semconv.MessagingMessageBodySize(len(m.Body)))
		r := &recordedRun{span: span}
		r.concluded = actor.OnConclusion(ctx, r.conclude) == nil
		defer func() {
			if r.ended.IsZero() { // the task panics, or ends its goroutine
				value := recover()
				r.end(t, ctx, &actor.PanicError{Value: value, Stack: debug.Stack()}, isFirst)
				if value != nil {
					panic(value)
				}
			}
		}()
		err := next(ctx, m)
		r.end(t, ctx, err, isFirst)
		return err
	}
}

// startProcess starts the span of a run. The actor is empty where the worker
// does not know it.
func (t *Tracing) startProcess(ctx context.Context, actorName, queue string, facts *actor.Facts) (context.Context, trace.Span) {
	b := t.origins.beginning(origin{processing, actorName, queue})
	options := b.options
	if facts.Attempt > 0 {
		if failed := failedRun(facts.Headers); failed.IsValid() {
			options = append(options[:len(options):len(options)], trace.WithLinks(trace.Link{SpanContext: failed}))
		}
	}
	ctx, span := t.tracer.Start(ctx, b.name, options...)
	if span.IsRecording() {
		span.SetAttributes(semconv.MessagingMessageID(valid(facts.ID)), attemptKey.Int(facts.Attempt))
	}
	return ctx, span
}

// recordedRun is a run whose span is recorded. The span lasts as long as the
// run, but is ended later, when it is known what becomes of the message.
type recordedRun struct {
	span      trace.Span
	concluded bool // conclude will be called
	err       error
	ended     time.Time
}

// end ends the run.
func (r *recordedRun) end(t *Tracing, ctx context.Context, err error, isFirst bool) {
	r.err, r.ended = err, time.Now()
	if err != nil {
		t.leave(ctx, isFirst)
	}
	if !r.concluded {
		r.conclude(actor.Conclusion{Err: err})
	}
}

// conclude ends the span.
func (r *recordedRun) conclude(c actor.Conclusion) {
	defer r.span.End(trace.WithTimestamp(r.ended))
	if c.Err != nil {
		r.err = c.Err // says more: that the timeout ran out, not only that the context has ended
	}
	describe(r.span, &c, r.err, trace.WithTimestamp(r.ended))
}

// describe records in a span what became of a delivery.
func describe(span trace.Span, c *actor.Conclusion, err error, options ...trace.EventOption) {
	if c.Outcome != "" {
		span.SetAttributes(outcomeKey.String(string(c.Outcome)))
	}
	if c.Reason != "" {
		span.SetAttributes(reasonKey.String(string(c.Reason)))
	}
	if c.Outcome == actor.TaskRetried {
		span.SetAttributes(delayKey.Float64(c.Delay.Seconds()))
	}
	if err != nil {
		fail(span, kindOfFailure(c.Reason, err), err, options...)
	}
}

// observe makes the span of a message that was not run and is not going to be, as
// it is: a trace that ends without a word helps nobody.
func (t *Tracing) observe(c actor.Conclusion) {
	if c.Err == nil || !c.Started.IsZero() {
		return
	}
	name := ""
	if c.Definition != nil {
		name = c.Definition.Name
	}
	_, span := t.startProcess(t.extract(context.Background(), c.Headers), name, c.Queue, &c.Facts)
	defer span.End()
	if !span.IsRecording() {
		return
	}
	if name == "" {
		span.SetAttributes(actorKey.String(valid(c.Actor)))
	}
	describe(span, &c, c.Err)
}
