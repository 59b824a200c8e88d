package byhand

import (
	"context"
	"encoding/json"
	"errors"
	"sync"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/examples/moving/images"
)

// The queues. What waits for another try is in retryQueue, whose messages expire
// into Queue.
const (
	Queue      = "moving-byhand"
	retryQueue = Queue + ".retry"
	DeadQueue  = Queue + ".dead"

	maxRetries = 2
	retryDelay = 300 // milliseconds
)

// Declare makes the queues.
func Declare(channel *amqp.Channel) error {
	for name, arguments := range map[string]amqp.Table{
		Queue:      {"x-queue-type": "quorum"},
		DeadQueue:  {"x-queue-type": "quorum"},
		retryQueue: {"x-queue-type": "quorum", "x-message-ttl": retryDelay, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": Queue},
	} {
		if _, err := channel.QueueDeclare(name, true, false, false, false, arguments); err != nil {
			return err
		}
	}
	return nil
}

// Consume runs jobs until ctx ends, or the connection does.
func Consume(ctx context.Context, conn *amqp.Connection, concurrency int) error {
	channel, err := conn.Channel()
	if err != nil {
		return err
	}
	defer channel.Close()
	if err := channel.Qos(concurrency, 0, false); err != nil {
		return err
	}
	publisher, err := NewPublisher(conn)
	if err != nil {
		return err
	}
	deliveries, err := channel.ConsumeWithContext(ctx, Queue, "", false, false, false, false, nil)
	if err != nil {
		return err
	}
	var workers sync.WaitGroup
	for range concurrency {
		workers.Go(func() {
			for d := range deliveries {
				publisher.run(context.WithoutCancel(ctx), d)
			}
		})
	}
	workers.Wait()
	return ctx.Err()
}

// run does a job, and acknowledges its message when the job is done or a copy of
// the message is confirmed.
func (p *Publisher) run(ctx context.Context, d amqp.Delivery) {
	var j job
	err := json.Unmarshal(d.Body, &j)
	if err == nil {
		err = images.Resize(ctx, j.Image, j.Width)
	} else {
		err = errors.Join(images.ErrNotAnImage, err)
	}
	if err != nil {
		retries, _ := d.Headers["retries"].(int64)
		next := retryQueue
		if retries == maxRetries || errors.Is(err, images.ErrNotAnImage) {
			next = DeadQueue
		}
		err = p.publish(ctx, next, amqp.Publishing{
			Headers:     amqp.Table{"retries": retries + 1, "error": err.Error()},
			ContentType: d.ContentType, DeliveryMode: amqp.Persistent, MessageId: d.MessageId, Body: d.Body,
		})
	}
	if err != nil {
		d.Nack(false, true)
		return
	}
	d.Ack(false)
}
