package amqp

import (
	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
)

// queueArgs are the arguments of an actor's queue. They are frozen once the
// queue exists, so they are part of the wire contract: what may change belongs
// in a policy.
func queueArgs(q *actor.Queue) amqp.Table {
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
		return args
	}
	limit := q.DeliveryLimit
	if limit == 0 {
		limit = actor.DefaultDeliveryLimit
	}
	args["x-delivery-limit"] = int64(limit)
	if overflow == actor.RejectPublish { // with another overflow it would silently mean at most once
		args["x-dead-letter-strategy"] = "at-least-once"
	}
	return args
}

func deadLetterArgs(q *actor.Queue) amqp.Table {
	args := amqp.Table{"x-queue-type": string(actor.Quorum)}
	if q.DeadLetterTTL > 0 {
		args["x-message-ttl"] = q.DeadLetterTTL.Milliseconds()
	}
	return args
}
