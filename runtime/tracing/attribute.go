package tracing

import (
	"errors"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/actorgen/actorgen/runtime/actor"
)

// Attributes that the conventions do not have.
const (
	actorKey   = attribute.Key("actorgen.actor")
	attemptKey = attribute.Key("actorgen.attempt")
	delayKey   = attribute.Key("actorgen.delay") // seconds, as the conventions have durations
	outcomeKey = attribute.Key("actorgen.outcome")
	reasonKey  = attribute.Key("actorgen.reason")
)

// fail records err, of a type as the conventions have it, in a span.
func fail(span trace.Span, kind string, err error, options ...trace.EventOption) {
	text := shorten(err.Error())
	attributes := []attribute.KeyValue{semconv.ExceptionType(kind), semconv.ExceptionMessage(text)}
	var panicked *actor.PanicError
	if errors.As(err, &panicked) {
		attributes = append(attributes, semconv.ExceptionStacktrace(valid(string(panicked.Stack))))
	}
	span.AddEvent(semconv.ExceptionEventName, append(options, trace.WithAttributes(attributes...))...)
	span.SetAttributes(semconv.ErrorTypeKey.String(kind))
	span.SetStatus(codes.Error, text)
}

// kindOf returns the type of err: of a message that was not confirmed its
// outcome, of others the Go type of the innermost error.
func kindOf(err error) string {
	var unsent *actor.PublishError
	if errors.As(err, &unsent) {
		switch unsent.Outcome {
		case actor.ErrUnroutable:
			return "unroutable"
		case actor.ErrNacked:
			return "nacked"
		case actor.ErrOutcomeUnknown:
			return "outcome_unknown"
		case actor.ErrNotSent:
			return "not_sent"
		}
	}
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return semconv.ErrorType(err).Value.AsString()
}

// kindOfFailure returns the type of the error of a run: what the worker has
// found wrong, or else what the handler has returned.
func kindOfFailure(reason actor.Reason, err error) string {
	switch reason {
	case "", actor.ReasonError, actor.ReasonExhausted, actor.ReasonRejected:
		var panicked *actor.PanicError
		if errors.As(err, &panicked) {
			return string(actor.ReasonPanic)
		}
		if errors.Is(err, actor.ErrHandlerTimeout) {
			return string(actor.ReasonTimeout)
		}
		return kindOf(err)
	}
	return string(reason)
}

// maxText bounds the text of an error in a span.
const maxText = 4 << 10

func shorten(text string) string { return valid(text[:min(len(text), maxText)]) }

// valid returns text without what is not UTF-8. Exporters drop a whole batch of
// spans because of one such text, and anybody who can publish can write one.
func valid(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }
