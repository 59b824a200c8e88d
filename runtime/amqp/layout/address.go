package layout

import amqp "github.com/rabbitmq/amqp091-go"

// A message's headers say where it waits: the number of steps in base 4, one header for
// each digit, which two levels read. With a header for each level, of which a delay of an
// hour has 14, most of the time of a delayed publish went into headers, on both sides;
// with eight values for each header the exchanges' bindings cost what is saved.
const (
	levelsPerDigit = 2
	base           = 1 << levelsPerDigit
)

// digitNames do not begin with "x-": x-match=all ignores such names.
var digitNames = numbered("actor-d%02d")

// Address adds the headers that lead a message through the levels: it waits at
// those whose bits are set in steps, and enters at the highest.
func Address(headers amqp.Table, steps uint64) {
	for n := 0; steps > 0; n++ {
		headers[digitNames[n]] = int64(steps % base)
		steps /= base
	}
}

// Headers returns how many headers Address adds at most for a message that enters at level.
func Headers(level int) int { return level/levelsPerDigit + 1 }

// bindings lead messages at the exchange of level n, called name, into its queue or past
// it to the exchange below, for each value of the digit that the level reads.
func bindings(n int, name, below string) []Element {
	all := make([]Element, base)
	for digit := range all {
		b := Binding{Source: name, Destination: name, Args: amqp.Table{"x-match": "all", digitNames[n/levelsPerDigit]: int64(digit)}}
		if digit>>(n%levelsPerDigit)&1 == 0 {
			b.Destination, b.ToExchange = below, true
		}
		all[digit] = b
	}
	return all
}
