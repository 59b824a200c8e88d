package main

import (
	"fmt"
	"math/bits"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

const step = 250 * time.Millisecond

// route returns the exchange by which a message is delayed, and adds the headers
// that lead it from there.
func (b *broker) route(message *amqp.Publishing, delay time.Duration) (exchange string) {
	if message.Headers == nil {
		message.Headers = amqp.Table{}
	}
	if rest := delay % step; rest > 0 { // the worker holds what is less than a step
		message.Headers["actor-hold"] = rest.Microseconds()
		message.Headers["actor-due"] = time.Now().Add(delay).UnixMicro()
	}
	steps := int64(delay / step)
	if steps == 0 {
		return ""
	}
	level := bits.Len64(uint64(steps)) - 1 // the highest bit that is set
	for digit := 0; steps > 0; digit++ {
		message.Headers[fmt.Sprintf("actor-d%02d", digit)] = steps % 4
		steps /= 4
	}
	return b.level(level)
}

func (b *broker) level(n int) string { return fmt.Sprintf("%sactor.delay.v1.%02d", b.prefix, n) }

// levelsFor returns how many levels delays of that length take.
func levelsFor(longest time.Duration) int { return bits.Len64(uint64(longest / step)) }
