// Package telemetry sets up OpenTelemetry as both programs of the example want
// it.
package telemetry

import (
	"context"
	"fmt"
	"io"
	"slices"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// Setup makes the provider of all spans. In production the exporter is that of
// your backend, such as otlptracegrpc.New(ctx).
func Setup(exporter sdk.SpanExporter) (shutdown func(context.Context) error) {
	provider := sdk.NewTracerProvider(sdk.WithBatcher(exporter))
	otel.SetTracerProvider(provider)
	return provider.Shutdown // writes what was not exported yet
}

// printed are the attributes that a Printer prints.
var printed = []attribute.Key{"actorgen.attempt", "actorgen.delay", "actorgen.outcome"}

// Printer is an exporter that prints a line for each span.
type Printer struct{ io.Writer }

// ExportSpans implements [sdk.SpanExporter].
func (p Printer) ExportSpans(_ context.Context, spans []sdk.ReadOnlySpan) error {
	for _, span := range spans {
		fmt.Fprintf(p, "trace %s span %s parent %s: %s %s", span.SpanContext().TraceID(), span.SpanContext().SpanID(),
			span.Parent().SpanID(), span.Name(), span.SpanKind())
		for _, link := range span.Links() {
			fmt.Fprintf(p, ", linked to %s", link.SpanContext.SpanID())
		}
		for _, a := range span.Attributes() {
			if slices.Contains(printed, a.Key) {
				fmt.Fprintf(p, ", %s %s", a.Key[len("actorgen."):], a.Value.String())
			}
		}
		fmt.Fprintln(p)
	}
	return nil
}

// Shutdown implements [sdk.SpanExporter].
func (p Printer) Shutdown(context.Context) error { return nil }
