// Package bridge moves the messages of another library's queue to actorgen. The
// page docs/moving.md explains it.
package bridge

import (
	"context"
	"fmt"

	amqp "github.com/rabbitmq/amqp091-go"
)

// window is how many messages are under way.
const window = 100

// Forward sends every message of a queue on, and takes it from the queue once that
// has succeeded, until ctx ends, which is no error. At a message that cannot be
// sent on it stops, and leaves it where it is. A crash may send one twice, under
// the same ID.
func Forward(ctx context.Context, conn *amqp.Connection, queue string, send func(context.Context, amqp.Delivery) error) error {
	channel, err := conn.Channel()
	if err != nil {
		return err
	}
	defer channel.Close() // gives back what was not acknowledged
	if err := channel.Qos(window, 0, false); err != nil {
		return err
	}
	deliveries, err := channel.Consume(queue, "", false, false, false, false, nil)
	if err != nil {
		return err
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case d, open := <-deliveries:
			if !open {
				return fmt.Errorf("queue %q: the consumer was cancelled, or the connection lost", queue)
			}
			if err := send(ctx, d); err != nil {
				if ctx.Err() != nil {
					return nil
				}
				return fmt.Errorf("queue %q: %w", queue, err)
			}
			if err := d.Ack(false); err != nil {
				return err
			}
		}
	}
}
