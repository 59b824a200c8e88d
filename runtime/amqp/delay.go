package amqp

import (
	"math/bits"
	"time"

	"github.com/actorgen/actorgen/runtime/amqp/layout"
)

// route is the way of a delayed message through the levels.
type route struct {
	// level is where it enters; -1 goes straight to the queue.
	level int
	// steps says with each bit whether it waits at that level.
	steps uint64
	// remainder is what the worker holds.
	remainder time.Duration
}

// routeOf splits a delay, which is not negative.
func routeOf(delay time.Duration) route {
	steps := uint64(delay / layout.Step)
	return route{level: bits.Len64(steps) - 1, steps: steps, remainder: delay % layout.Step}
}

// hold returns how long the worker keeps a message that was to be held for
// remainder and is due at due: never longer than the remainder, so that a
// wrong clock costs 250 ms at most.
func hold(remainder time.Duration, due, now time.Time) time.Duration {
	return max(0, min(remainder, layout.Step, due.Sub(now)))
}
