package main

import (
	"context"
	"errors"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// broker is a connection.
type broker struct {
	connection *amqp.Connection
	// prefix is the QueuePrefix of the workers.
	prefix string
}

// publish returns nil when the task is in its queue, or in the levels on its way
// there. After errUnknown it may be.
func (b *broker) publish(queue string, message amqp.Publishing, delay time.Duration) error {
	channel, err := b.connection.Channel()
	if err != nil {
		return err
	}
	defer channel.Close()
	if err := channel.Confirm(false); err != nil {
		return err
	}
	returned := channel.NotifyReturn(make(chan amqp.Return, 1))
	exchange := b.route(&message, delay)
	confirm, err := channel.PublishWithDeferredConfirm(exchange, b.prefix+queue, true, false, message)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	acked, err := confirm.WaitContext(ctx)
	select {
	case r := <-returned: // it comes before the confirm
		return errors.New("no queue takes the task: " + r.ReplyText)
	default:
	}
	if err != nil || !acked {
		return errUnknown
	}
	return nil
}

var errUnknown = errors.New("not confirmed: send it again with the same message ID")
