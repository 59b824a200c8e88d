package layout

import (
	"regexp"
	"strconv"

	amqp "github.com/rabbitmq/amqp091-go"
)

// None is what [Difference] calls an argument without a value.
const None = "none"

// Difference is an argument, or a property such as durable, that an element on
// the broker has with another value than it ought to have.
type Difference struct {
	Argument string
	// Wanted and Found are as the broker prints them, or None.
	Wanted, Found string
	// kind is the AMQP type of what was found, where the broker tells it.
	kind string
}

// RabbitMQ's words for a declaration that contradicts what exists:
//
//	inequivalent arg 'x-message-ttl' for queue 'q' in vhost '/': received the
//	value '5' of type 'long' but current is none
var (
	inequivalent  = regexp.MustCompile(`inequivalent arg '([^']+)' for .*: received (.+) but current is (.+)$`)
	argumentValue = regexp.MustCompile(`^(?:the value )?'(.*?)'(?: of type '([a-z]+)')?$`)
)

// DifferenceOf reads the difference that the broker reports, which is the first
// it finds; false where it reports something else.
func DifferenceOf(reason *amqp.Error) (Difference, bool) {
	if reason.Code != amqp.PreconditionFailed {
		return Difference{}, false
	}
	m := inequivalent.FindStringSubmatch(reason.Reason)
	if m == nil {
		return Difference{}, false
	}
	wanted, _ := plainValue(m[2])
	found, kind := plainValue(m[3])
	return Difference{m[1], wanted, found, kind}, true
}

func plainValue(text string) (value, kind string) {
	if m := argumentValue.FindStringSubmatch(text); m != nil {
		return m[1], m[2]
	}
	return text, ""
}

// Adopt changes args to what was found, so that the next declaration reports
// the next difference.
func (d Difference) Adopt(args amqp.Table) {
	if d.Found == None {
		delete(args, d.Argument)
		return
	}
	_, text := args[d.Argument].(string)
	n, err := strconv.ParseInt(d.Found, 10, 64)
	switch {
	case text || d.kind == "longstr":
		args[d.Argument] = d.Found
	case err == nil:
		args[d.Argument] = n
	case d.kind == "bool":
		args[d.Argument] = d.Found == "true"
	default:
		args[d.Argument] = d.Found
	}
}

// LosesTasks says that tasks can be lost where an actor's queue has another
// value for the argument: its type and durability, and where its dead letters
// go.
func LosesTasks(argument string) bool {
	switch argument {
	case "x-queue-type", "durable", "auto_delete", "exclusive", "x-dead-letter-exchange", "x-dead-letter-routing-key":
		return true
	}
	return false
}
