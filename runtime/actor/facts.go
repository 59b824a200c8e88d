package actor

import (
	"context"
	"time"
)

// Facts are what is known of the delivery whose task a handler runs.
type Facts struct {
	ID    string
	Actor string
	// Queue is the name of the actor's queue, with the client's prefix, even
	// where the delivery came from its retry queue: Attempt tells that apart,
	// and which of the two holds a message is the runtime's own business.
	Queue string
	// Attempt is how many runs of the task have failed before this one.
	Attempt int
	// FirstSent is when the task was first sent, to the second; zero for a
	// message of another program that does not say.
	FirstSent time.Time
	// Redelivered says that the task may have run before without the broker
	// learning of it.
	Redelivered bool
	// Headers are the user's. They must not be changed.
	Headers map[string]any
}

// DeliveryFacts returns the facts of the delivery that ctx belongs to; ok is
// false outside a handler.
func DeliveryFacts(ctx context.Context) (facts Facts, ok bool) {
	r, ok := ctx.Value(runKey{}).(*run)
	if !ok {
		return Facts{}, false
	}
	return r.facts(), true
}

func (r *run) facts() Facts {
	d := r.delivery
	return Facts{
		ID:          d.ID,
		Actor:       d.Actor,
		Queue:       r.queue.queue.Name,
		Attempt:     d.Attempt,
		FirstSent:   d.firstSent(),
		Redelivered: d.Redelivered,
		Headers:     d.Headers,
	}
}

// firstSent returns when the task was first sent; a new message carries that
// only as the time of its sending.
func (d *Delivery) firstSent() time.Time {
	if d.FirstSent.IsZero() {
		return d.Sent
	}
	return d.FirstSent
}
