package actor

import (
	"context"
	"log/slog"
)

// NewLogHandler returns a handler for package slog that adds to every line which
// is logged with the context of a task, as by slog.InfoContext, which task it is:
// the attributes actor, id, queue and attempt. Generated workers have it. A group
// of the logger holds them like any other attribute of the line. As the default of
// package slog it must not wrap the handler which that begins with: the first line
// would wait for itself for ever.
func NewLogHandler(next slog.Handler) slog.Handler { return logHandler{next} }

type logHandler struct{ slog.Handler }

func (h logHandler) Handle(ctx context.Context, line slog.Record) error {
	if r, ok := ctx.Value(runKey{}).(*run); ok {
		line = line.Clone()
		line.AddAttrs(
			slog.String("actor", r.delivery.Actor),
			slog.String("id", r.delivery.ID),
			slog.String("queue", r.queue.queue.Name),
			slog.Int("attempt", r.delivery.Attempt),
		)
	}
	return h.Handler.Handle(ctx, line)
}

func (h logHandler) WithAttrs(attributes []slog.Attr) slog.Handler {
	return logHandler{h.Handler.WithAttrs(attributes)}
}

func (h logHandler) WithGroup(name string) slog.Handler { return logHandler{h.Handler.WithGroup(name)} }
