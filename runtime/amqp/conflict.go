package amqp

import (
	"fmt"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/amqp/layout"
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
	return layout.LosesTasks(e.Argument)
}

// conflictOf reads the difference that the broker reports, which is the first
// it finds; nil when err is something else.
func conflictOf(queue string, err *amqp.Error) *QueueConflictError {
	d, ok := layout.DifferenceOf(err)
	if !ok {
		return nil
	}
	return &QueueConflictError{Queue: queue, Argument: d.Argument, Wanted: d.Wanted, Found: d.Found}
}

// adopt changes args to what the queue has, so that the next declaration
// reports the next difference. It reports whether that can be done.
func (e *QueueConflictError) adopt(args amqp.Table) bool {
	if e.breaksPromise() {
		return false
	}
	layout.Difference{Argument: e.Argument, Wanted: e.Wanted, Found: e.Found}.Adopt(args)
	return true
}
