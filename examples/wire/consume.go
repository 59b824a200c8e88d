package main

import (
	"errors"
	"fmt"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// work runs one task of a queue, as a worker does: it acknowledges what is done,
// and what has failed only when a copy is confirmed that runs later.
func (b *broker) work(queue string, run func(actor string, arguments []byte) error) error {
	channel, err := b.connection.Channel()
	if err != nil {
		return err
	}
	defer channel.Close() // gives back what is not acknowledged
	if err := channel.Qos(1, 0, false); err != nil {
		return err
	}
	deliveries, err := channel.Consume(b.prefix+queue, "", false, false, false, false, nil)
	if err != nil {
		return err
	}
	task, ok := <-deliveries
	if !ok {
		return errors.New("the broker ended the subscription")
	}
	if failure := run(task.Type, task.Body); failure != nil {
		if err := b.publish(queue, retryOf(task, failure), time.Second); err != nil {
			return fmt.Errorf("retry: %w", err)
		}
	}
	return task.Ack(false)
}

// retryOf is the copy of a task that has failed.
func retryOf(task amqp.Delivery, failure error) amqp.Publishing {
	attempt, _ := task.Headers["actor-attempt"].(int64)
	first, ok := task.Headers["actor-first-sent"].(int64)
	if !ok {
		first = task.Timestamp.UnixMicro()
	}
	return amqp.Publishing{
		ContentType:  task.ContentType,
		Type:         task.Type,
		MessageId:    task.MessageId,
		Timestamp:    time.Now(),
		DeliveryMode: amqp.Persistent,
		Headers: amqp.Table{
			"actor-attempt":    attempt + 1,
			"actor-first-sent": first,
			"actor-error":      failure.Error(),
			"actor-failed-at":  time.Now().UnixMicro(),
		},
		Body: task.Body,
	}
}
