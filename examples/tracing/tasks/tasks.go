// Package tasks holds tasks that are traced. Nothing in them is about tracing.
package tasks

import (
	"context"
	"errors"
	"log/slog"

	"github.com/actorgen/actorgen/runtime/actor"
)

//go:generate go tool actorgen .

// bookSeat meets a booking system that is busy the first time.
//
//actor:task queue=traced min-backoff=500ms max-backoff=1s
func bookSeat(ctx context.Context, seat string) error {
	slog.InfoContext(ctx, "booking", "seat", seat)
	if facts, _ := actor.DeliveryFacts(ctx); facts.Attempt == 0 {
		return errors.New("booking system busy")
	}
	return MailTicket.Send(ctx, seat) // a child of this run
}

// mailTicket is sent by another task.
//
//actor:task queue=traced
func mailTicket(ctx context.Context, seat string) error {
	slog.InfoContext(ctx, "mailing", "seat", seat)
	return nil
}
