package topology

import (
	"maps"

	broker "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
)

// comparison is how an element is compared to what the broker has, step by step.
type comparison interface {
	// exists fails where the element does not exist.
	exists(ch *broker.Channel) error
	// differs always fails: with the first difference, or because the element
	// does not exist. It creates nothing: the declaration has an argument that
	// no broker takes when it creates something. RabbitMQ compares what exists
	// before it judges that argument, and that argument last (3.10, measured).
	differs(ch *broker.Channel) error
	// adopt takes a difference over into the declaration, and returns it as it
	// really is and whether it was the last.
	adopt(d layout.Difference) (real layout.Difference, last bool)
}

// compare begins a comparison; nil for a binding, of which nobody is told.
func compare(e layout.Element) comparison {
	switch e := e.(type) {
	case layout.Queue:
		return compareQueue(e)
	case layout.Exchange:
		return compareExchange(e)
	}
	return nil
}

// queueComparison compares a queue. To a classic one, which knows no locator,
// differs succeeds where nothing differs.
type queueComparison struct {
	name       string
	args       broker.Table
	transient  bool
	autoDelete bool
}

const (
	// locator is the queue argument that is compared last.
	locator = "x-queue-leader-locator"
	// nowhere is no value for it.
	nowhere = "no such locator"
)

func compareQueue(q layout.Queue) *queueComparison {
	c := &queueComparison{name: q.Name, args: maps.Clone(q.Args)}
	c.args[locator] = nowhere
	return c
}

func (c *queueComparison) exists(ch *broker.Channel) error {
	_, err := ch.QueueDeclarePassive(c.name, true, false, false, false, nil)
	return err
}

func (c *queueComparison) differs(ch *broker.Channel) error {
	_, err := ch.QueueDeclare(c.name, !c.transient, c.autoDelete, false, false, c.args)
	return err
}

func (c *queueComparison) adopt(d layout.Difference) (layout.Difference, bool) {
	switch d.Argument {
	case locator:
		d.Wanted = layout.None
		return d, true
	case "durable":
		c.transient = true
	case "auto_delete":
		c.autoDelete = true
	default:
		d.Adopt(c.args)
	}
	if d.Argument == queueType && d.Found == layout.None {
		d.Found = string(actor.Classic) // a queue whose type nobody named
	}
	return d, false
}

// exchangeComparison compares an exchange.
type exchangeComparison struct {
	layout.Exchange
	transient, autoDelete, internal bool
}

const (
	// alternate is the only exchange argument that is compared, after the
	// properties.
	alternate = "alternate-exchange"
	// notAName is nothing that an alternate exchange can be called.
	notAName = int64(0)
)

func compareExchange(e layout.Exchange) *exchangeComparison { return &exchangeComparison{Exchange: e} }

func (c *exchangeComparison) exists(ch *broker.Channel) error {
	return ch.ExchangeDeclarePassive(c.Name, c.Kind, true, false, false, false, nil)
}

func (c *exchangeComparison) differs(ch *broker.Channel) error {
	return ch.ExchangeDeclare(c.Name, c.Kind, !c.transient, c.autoDelete, c.internal, false, broker.Table{alternate: notAName})
}

func (c *exchangeComparison) adopt(d layout.Difference) (layout.Difference, bool) {
	switch d.Argument {
	case "type":
		c.Kind = d.Found
	case "durable":
		c.transient = true
	case "auto_delete":
		c.autoDelete = true
	case "internal":
		c.internal = true
	case alternate:
		d.Wanted = shown(c.Args[alternate], c.Args[alternate] != nil)
		return d, true
	}
	return d, false
}
