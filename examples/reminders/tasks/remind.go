package tasks

import (
	"context"
	"fmt"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

//go:generate go tool actorgen .

// Book makes or moves an appointment, and has its reminder sent ahead of it. Where it
// fails, book again: the same appointment has the same message ID. An appointment
// that is further away than a broker holds messages is an *actor.DelayTooLongError;
// docs/delays.md says what to do then.
func (c *Calendar) Book(ctx context.Context, appointment string, at time.Time, ahead time.Duration) error {
	c.set(appointment, at)
	id := fmt.Sprintf("remind %s %d", appointment, at.UnixNano())
	return CalendarRemind.With(actor.MessageID(id), actor.At(at.Add(-ahead))).Send(ctx, appointment, at)
}

// Remind runs when the reminder is due. A delayed message cannot be taken back, so it
// looks whether the appointment still stands as it did when it was sent. A reminder
// that comes an hour late, after an outage, is not worth sending.
//
//actor:task queue=reminders max-age=1h confirm-timeout=30s
func (c *Calendar) Remind(ctx context.Context, appointment string, at time.Time) error {
	if c.stands(appointment, at) {
		c.tell("reminder: " + appointment)
	}
	return nil
}
