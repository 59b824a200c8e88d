package layout

import (
	"math"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
)

// strategy makes a quorum queue keep a dead letter until its target has
// confirmed it. It needs the overflow reject-publish.
const strategy = "at-least-once"

// Queues are q and those beside it, in an order in which each can be declared:
// the target of dead letters comes first, since a classic queue without it loses
// them, and what a worker consumes besides comes before the queue itself.
func Queues(q *actor.Queue) []Queue {
	if q.HasRetryQueue() {
		return []Queue{DeadLetter(q), Retry(q), Main(q)}
	}
	return []Queue{DeadLetter(q), Main(q)}
}

// Main is the queue that holds an actor's messages. What may change in its
// arguments belongs in a policy.
func Main(q *actor.Queue) Queue {
	overflow := q.Overflow
	if overflow == "" {
		overflow = actor.RejectPublish
	}
	args := amqp.Table{
		"x-queue-type":              string(actor.Quorum),
		"x-dead-letter-exchange":    "",
		"x-dead-letter-routing-key": q.DeadLetterName(),
		"x-overflow":                string(overflow),
	}
	if q.MaxLength > 0 {
		args["x-max-length"] = int64(q.MaxLength)
	}
	if q.Type == actor.Classic {
		args["x-queue-type"] = string(actor.Classic)
		if q.MaxPriority > 0 {
			args["x-max-priority"] = int64(q.MaxPriority)
		}
		return Queue{q.Name, args}
	}
	limit := q.DeliveryLimit
	if limit == 0 {
		limit = actor.DefaultDeliveryLimit
	}
	args["x-delivery-limit"] = int64(limit)
	if overflow == actor.RejectPublish { // with another overflow it would silently mean at most once
		args["x-dead-letter-strategy"] = strategy
	}
	return Queue{q.Name, args}
}

// Retry is q's retry queue, where q has one: the same but for the limit.
func Retry(q *actor.Queue) Queue {
	args := Main(q).Args
	delete(args, "x-max-length")
	return Queue{q.RetryName(), args}
}

// DeadLetter is the queue that holds q's dead letters.
func DeadLetter(q *actor.Queue) Queue {
	args := lasting()
	if q.DeadLetterTTL > 0 {
		args["x-message-ttl"] = q.DeadLetterTTL.Milliseconds()
	}
	return Queue{q.DeadLetterName(), args}
}

// lasting are the arguments of a queue whose messages stay until somebody acts,
// however often they were looked at and put back. Without a limit of deliveries
// RabbitMQ 4 has one of 20, and drops what is beyond it; with the value that means
// none there, -1, 3.10 drops a message after its first delivery.
func lasting() amqp.Table {
	return amqp.Table{"x-queue-type": string(actor.Quorum), "x-delivery-limit": int64(math.MaxInt32)}
}

// Landing is the binding by which q's delayed messages arrive: in its retry
// queue, where q has one, since a level whose messages a full queue refuses
// forwards no others.
func Landing(q *actor.Queue, prefix string) Binding {
	name := q.Name
	if q.HasRetryQueue() {
		name = q.RetryName()
	}
	return Binding{Source: Out(prefix), Destination: name, Key: name}
}
