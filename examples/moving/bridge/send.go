package bridge

import (
	"context"
	"fmt"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/examples/moving/tasks"
	"github.com/actorgen/actorgen/runtime/actor"
)

// Send returns what Forward needs to send old tasks on, under the IDs that they
// have, and no earlier than they were due.
func Send(read func(amqp.Delivery) (Old, error)) func(context.Context, amqp.Delivery) error {
	return func(ctx context.Context, d amqp.Delivery) error {
		old, err := read(d)
		if err != nil {
			return err
		}
		switch old.Name {
		case "resize_image":
			var image string
			var width int
			if err := old.Argument(0, "image", &image); err != nil {
				return err
			}
			if err := old.Argument(1, "width", &width); err != nil {
				return err
			}
			return tasks.ResizeImage.With(actor.MessageID(old.ID), actor.At(old.Due)).Send(ctx, image, width)
		}
		return fmt.Errorf("there is no task for %q", old.Name)
	}
}
