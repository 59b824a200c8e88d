package amqp

import (
	"context"
	"math/rand/v2"
	"time"
)

// backoff is a growing pause with jitter.
type backoff struct {
	min, max, next time.Duration
}

func newBackoff(min, max time.Duration) *backoff { return &backoff{min: min, max: max, next: min} }

func (b *backoff) reset() { b.next = b.min }

// step returns the pause and doubles the next one.
func (b *backoff) step() time.Duration {
	d := b.next/2 + rand.N(b.next/2+1)
	b.next = min(2*b.next, b.max)
	return d
}

// wait pauses, until ctx ends at the latest.
func (b *backoff) wait(ctx context.Context) {
	timer := time.NewTimer(b.step())
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
