package amqp

import (
	"fmt"
	"regexp"
	"strconv"

	amqp "github.com/rabbitmq/amqp091-go"
)

// QueueConflictError reports a queue that exists with another argument than it
// ought to have. The broker fixes arguments when it first declares a queue.
type QueueConflictError struct {
	Queue    string
	Argument string
	// Wanted and Found are as the broker prints them; "none" is no value.
	Wanted string
	Found  string
}

func (e *QueueConflictError) Error() string {
	return fmt.Sprintf("amqp: queue %q has %s = %s, wanted %s (drain and delete the queue so that it is declared anew, "+
		"or use another queue; a value the queue should keep belongs in its annotation)", e.Queue, e.Argument, shown(e.Found), shown(e.Wanted))
}

func shown(value string) string {
	if value == "" {
		return `""`
	}
	return value
}

// breaksPromise says that tasks can be lost where the queue is as it is: its
// type and durability, and where its dead letters go.
func (e *QueueConflictError) breaksPromise() bool {
	switch e.Argument {
	case "x-queue-type", "durable", "auto_delete", "exclusive", "x-dead-letter-exchange", "x-dead-letter-routing-key":
		return true
	}
	return false
}

// RabbitMQ's words for a declaration that contradicts the queue:
//
//	inequivalent arg 'x-message-ttl' for queue 'q' in vhost '/': received the
//	value '5' of type 'long' but current is none
var (
	inequivalent  = regexp.MustCompile(`inequivalent arg '([^']+)' for .*: received (.+) but current is (.+)$`)
	argumentValue = regexp.MustCompile(`^(?:the value )?'(.*?)'(?: of type '([a-z]+)')?$`)
)

// conflictOf reads the difference that the broker reports, which is the first
// it finds; nil when err is something else.
func conflictOf(queue string, err *amqp.Error) *QueueConflictError {
	if err.Code != amqp.PreconditionFailed {
		return nil
	}
	m := inequivalent.FindStringSubmatch(err.Reason)
	if m == nil {
		return nil
	}
	return &QueueConflictError{Queue: queue, Argument: m[1], Wanted: plainValue(m[2]), Found: plainValue(m[3])}
}

func plainValue(text string) string {
	if m := argumentValue.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return text
}

// adopt changes args to what the queue has, so that the next declaration
// reports the next difference. It reports whether that can be done.
func (e *QueueConflictError) adopt(args amqp.Table) bool {
	if e.breaksPromise() {
		return false
	}
	if e.Found == "none" {
		delete(args, e.Argument)
		return true
	}
	if n, err := strconv.ParseInt(e.Found, 10, 64); err == nil {
		args[e.Argument] = n
	} else {
		args[e.Argument] = e.Found
	}
	return true
}
