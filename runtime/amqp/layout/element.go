package layout

import amqp "github.com/rabbitmq/amqp091-go"

// Element is an [Exchange], a [Queue] or a [Binding]. Lists of them are in an
// order in which each can be declared: nothing comes before what it needs.
type Element interface {
	// Declare declares the element on ch, or reports how the one that exists
	// differs. Without wait it does not wait for the broker's answer; a refusal
	// then closes the channel.
	Declare(ch *amqp.Channel, wait bool) error
}

// Exchange is a durable exchange.
type Exchange struct {
	Name string
	// Kind is direct, fanout or headers.
	Kind string
	Args amqp.Table
}

// Queue is a durable queue.
type Queue struct {
	Name string
	// Args always names the type.
	Args amqp.Table
}

// Binding routes messages of an exchange to a queue or another exchange.
type Binding struct {
	Source, Destination string
	// ToExchange says that the destination is an exchange.
	ToExchange bool
	Key        string
	Args       amqp.Table
}

// Declare implements [Element].
func (e Exchange) Declare(ch *amqp.Channel, wait bool) error {
	return ch.ExchangeDeclare(e.Name, e.Kind, true, false, false, !wait, e.Args)
}

// Declare implements [Element].
func (q Queue) Declare(ch *amqp.Channel, wait bool) error {
	_, err := ch.QueueDeclare(q.Name, true, false, false, !wait, q.Args)
	return err
}

// Declare implements [Element].
func (b Binding) Declare(ch *amqp.Channel, wait bool) error {
	if b.ToExchange {
		return ch.ExchangeBind(b.Destination, b.Key, b.Source, !wait, b.Args)
	}
	return ch.QueueBind(b.Destination, b.Key, b.Source, !wait, b.Args)
}
