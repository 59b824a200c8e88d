package layout

import (
	"reflect"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
)

// The arguments are frozen by the broker, so they are part of the wire contract.
func TestQueueArguments(t *testing.T) {
	for name, c := range map[string]struct {
		queue      actor.Queue
		want, dead amqp.Table
		retry      amqp.Table // nil for none
	}{
		"default": {
			actor.Queue{Name: "q"},
			amqp.Table{
				"x-queue-type": "quorum", "x-delivery-limit": int64(20), "x-dead-letter-exchange": "",
				"x-dead-letter-routing-key": "q.XQ", "x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish",
			},
			amqp.Table{"x-queue-type": "quorum", "x-delivery-limit": int64(1<<31 - 1)}, nil,
		},
		"limited": {
			actor.Queue{Name: "q", MaxLength: 5, DeliveryLimit: 7},
			amqp.Table{
				"x-queue-type": "quorum", "x-delivery-limit": int64(7), "x-dead-letter-exchange": "",
				"x-dead-letter-routing-key": "q.XQ", "x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish",
				"x-max-length": int64(5),
			},
			amqp.Table{"x-queue-type": "quorum", "x-delivery-limit": int64(1<<31 - 1)},
			amqp.Table{
				"x-queue-type": "quorum", "x-delivery-limit": int64(7), "x-dead-letter-exchange": "",
				"x-dead-letter-routing-key": "q.XQ", "x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish",
			},
		},
		"dropping": {
			actor.Queue{Name: "q", MaxLength: 5, Overflow: actor.DropHead, DeliveryLimit: 7, DeadLetterTTL: time.Minute},
			amqp.Table{
				"x-queue-type": "quorum", "x-delivery-limit": int64(7), "x-dead-letter-exchange": "",
				"x-dead-letter-routing-key": "q.XQ", "x-overflow": "drop-head", "x-max-length": int64(5),
			},
			amqp.Table{"x-queue-type": "quorum", "x-delivery-limit": int64(1<<31 - 1), "x-message-ttl": int64(60000)}, nil,
		},
		"classic": {
			actor.Queue{Name: "q", Type: actor.Classic, MaxPriority: 9},
			amqp.Table{
				"x-queue-type": "classic", "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "q.XQ",
				"x-overflow": "reject-publish", "x-max-priority": int64(9),
			},
			amqp.Table{"x-queue-type": "quorum", "x-delivery-limit": int64(1<<31 - 1)}, nil,
		},
		"limited classic": {
			actor.Queue{Name: "q", Type: actor.Classic, MaxPriority: 9, MaxLength: 5, Overflow: actor.RejectPublish},
			amqp.Table{
				"x-queue-type": "classic", "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "q.XQ",
				"x-overflow": "reject-publish", "x-max-priority": int64(9), "x-max-length": int64(5),
			},
			amqp.Table{"x-queue-type": "quorum", "x-delivery-limit": int64(1<<31 - 1)},
			amqp.Table{
				"x-queue-type": "classic", "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "q.XQ",
				"x-overflow": "reject-publish", "x-max-priority": int64(9),
			},
		},
	} {
		queues := []Queue{{"q.XQ", c.dead}, {"q", c.want}}
		landing := Binding{Source: "eu.actor.delay.v1.out", Destination: "q", Key: "q"}
		if c.retry != nil {
			queues = []Queue{{"q.XQ", c.dead}, {"q.RQ", c.retry}, {"q", c.want}}
			landing.Destination, landing.Key = "q.RQ", "q.RQ"
		}
		if got := Queues(&c.queue); !reflect.DeepEqual(got, queues) {
			t.Errorf("%s queue with those beside it: got %v, want %v", name, got, queues)
		}
		if got := Landing(&c.queue, "eu."); !reflect.DeepEqual(got, landing) {
			t.Errorf("%s queue's landing: got %v, want %v", name, got, landing)
		}
	}
}
