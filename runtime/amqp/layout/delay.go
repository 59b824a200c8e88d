package layout

import (
	"fmt"
	"math/bits"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
)

// Step is the shortest delay that the broker holds.
const Step = 250 * time.Millisecond

// Levels returns how many levels a limit needs: the broker has no exchange for
// a delay beyond the next power of two.
func Levels(maxDelay time.Duration) int {
	return bits.Len64(uint64(maxDelay / Step))
}

// MostLevels is how many levels the longest delay needs that RabbitMQ takes,
// which is two years.
const MostLevels = 28

// LongestName is the longest of the names that follow a prefix.
const LongestName = "actor.delay.v1.lost"

// Level names the exchange and the queue of a level.
func Level(prefix string, n int) string { return prefix + levelNames[n] }

// Out names the exchange through which messages leave the levels.
func Out(prefix string) string { return prefix + "actor.delay.v1.out" }

// Lost names the exchange and the queue for messages whose own queue has gone
// while they waited.
func Lost(prefix string) string { return prefix + LongestName }

// One for each bit of a delay: every delayed message names its level.
var levelNames = numbered("actor.delay.v1.%02d")

func numbered(format string) (names [63]string) {
	for n := range names {
		names[n] = fmt.Sprintf(format, n)
	}
	return names
}

// Exit is where messages leave the levels: Out, and Lost, which catches those
// whose queue has gone. Without it they would stay in a level's queue and block
// it for all.
func Exit(prefix string) []Element {
	lost := Lost(prefix)
	return []Element{
		Exchange{Name: lost, Kind: amqp.ExchangeFanout},
		Queue{lost, lasting()},
		Binding{Source: lost, Destination: lost},
		Exchange{Out(prefix), amqp.ExchangeDirect, amqp.Table{"alternate-exchange": lost}},
	}
}

// Ladder is the n lowest levels of a prefix from the bottom up, so that no level
// exists whose messages have nowhere to go; Exit comes before them. Of a level the
// exchange, into which messages enter, comes after the queue. Nothing in a level
// depends on how many there are: services with different limits share them.
func Ladder(prefix string, n int) []Element {
	var ladder []Element
	below := Out(prefix)
	for i := range n {
		name := Level(prefix, i)
		ladder = append(ladder,
			Queue{name, amqp.Table{
				"x-queue-type":           string(actor.Quorum),
				"x-message-ttl":          (Step << i).Milliseconds(),
				"x-dead-letter-exchange": below,
				"x-dead-letter-strategy": strategy,
				"x-overflow":             string(actor.RejectPublish),
			}},
			Exchange{Name: name, Kind: amqp.ExchangeHeaders},
		)
		ladder = append(ladder, bindings(i, name, below)...)
		below = name
	}
	return ladder
}
