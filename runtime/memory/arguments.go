package memory

import (
	"cmp"
	"fmt"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// arguments are what a queue was declared with; they are frozen from then on.
// A zero field is an argument that is not set.
type arguments struct {
	kind          actor.QueueType
	deliveryLimit int
	deadLetterTo  string
	overflow      actor.Overflow
	maxLength     int
	maxPriority   int
	ttl           time.Duration
}

func workArguments(q *actor.Queue) arguments {
	a := arguments{
		kind:         cmp.Or(q.Type, actor.Quorum),
		deadLetterTo: q.DeadLetterName(),
		overflow:     cmp.Or(q.Overflow, actor.RejectPublish),
		maxLength:    q.MaxLength,
	}
	if a.kind == actor.Quorum {
		a.deliveryLimit = cmp.Or(q.DeliveryLimit, actor.DefaultDeliveryLimit)
	} else {
		a.maxPriority = q.MaxPriority
	}
	return a
}

// retryArguments are those of the queue beside it but for the limit.
func retryArguments(q *actor.Queue) arguments {
	a := workArguments(q)
	a.maxLength = 0
	return a
}

func deadLetterArguments(q *actor.Queue) arguments {
	return arguments{kind: actor.Quorum, ttl: q.DeadLetterTTL}
}

// contradiction returns an error that names the first argument in which a
// declaration differs from a, with which the queue exists.
func (a arguments) contradiction(queue string, declared arguments) error {
	if a == declared {
		return nil
	}
	wanted := declared.list()
	for i, found := range a.list() {
		if found != wanted[i] {
			return fmt.Errorf("declare queue %q: %s is %v in the declaration but %v in the queue (give both the same, or use another queue)",
				queue, found.name, wanted[i], found)
		}
	}
	return nil
}

// argument is one of a queue's arguments, by RabbitMQ's name for it.
type argument struct {
	name  string
	value any
}

func (a argument) String() string {
	switch a.value {
	case 0, "":
		return "not set"
	}
	if text, ok := a.value.(string); ok {
		return fmt.Sprintf("%q", text)
	}
	return fmt.Sprint(a.value)
}

func (a arguments) list() []argument {
	return []argument{
		{"x-queue-type", string(a.kind)},
		{"x-delivery-limit", a.deliveryLimit},
		{"x-dead-letter-routing-key", a.deadLetterTo},
		{"x-overflow", string(a.overflow)},
		{"x-max-length", a.maxLength},
		{"x-max-priority", a.maxPriority},
		{"x-message-ttl", int(a.ttl.Milliseconds())},
	}
}
