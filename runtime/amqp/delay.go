package amqp

import (
	"fmt"
	"math/bits"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// A delay is held by the broker in levels. Level n holds for 250 ms << n: its
// headers exchange routes a message whose bit n is set into the level's queue,
// from where it expires into the exchange of the next lower level, and one
// whose bit is not set straight to that exchange. A message enters at the level
// of its highest bit and leaves below level 0 through the exchange "out", which
// routes by the name of the queue. So no message waits behind a longer one.

// delayStep is the shortest delay that the broker holds; what is left of a
// delay below it is held by the worker.
const delayStep = 250 * time.Millisecond

// levels returns how many levels a limit needs: the broker has no exchange for
// a delay beyond the next power of two.
func levels(maxDelay time.Duration) int {
	return bits.Len64(uint64(maxDelay / delayStep))
}

// route is the way of a delayed message.
type route struct {
	// level is where it enters; -1 goes straight to the queue.
	level int
	// bits says for each level up to the highest whether it waits there.
	bits uint64
	// remainder is what the worker holds.
	remainder time.Duration
}

// routeOf splits a delay, which is not negative.
func routeOf(delay time.Duration) route {
	steps := uint64(delay / delayStep)
	return route{level: bits.Len64(steps) - 1, bits: steps, remainder: delay % delayStep}
}

// address adds the header for each level that the message passes. The names
// must not begin with "x-": x-match=all ignores those.
func (r route) address(headers amqp.Table) {
	for n := r.level; n >= 0; n-- {
		headers[levelHeader(n)] = int64(r.bits >> n & 1)
	}
}

// hold returns how long the worker keeps a message that was to be held for
// remainder and is due at due: never longer than the remainder, so that a
// wrong clock costs 250 ms at most.
func hold(remainder time.Duration, due, now time.Time) time.Duration {
	return max(0, min(remainder, delayStep, due.Sub(now)))
}

// delayLostName is the longest of the names that follow a prefix.
const delayLostName = "actor.delay.v1.lost"

func delayName(prefix string, n int) string { return fmt.Sprintf("%sactor.delay.v1.%02d", prefix, n) }
func delayOut(prefix string) string         { return prefix + "actor.delay.v1.out" }
func delayLost(prefix string) string        { return prefix + delayLostName }
func levelHeader(n int) string              { return fmt.Sprintf("actor-d%02d", n) }

// levelTTL is the time to live of a level's queue, in milliseconds.
func levelTTL(n int) int64 { return (delayStep << n).Milliseconds() }
