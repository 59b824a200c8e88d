// Package byhand is a task queue on amqp091-go alone, as somebody writes it who
// has read RabbitMQ's guides: confirmed and mandatory messages, retries after a
// wait, dead letters. The page docs/moving.md sets it beside the same with
// actorgen, and says what it lacks.
package byhand

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"sync"

	amqp "github.com/rabbitmq/amqp091-go"
)

// job is the body of a message.
type job struct {
	Image string `json:"image"`
	Width int    `json:"width"`
}

// Publisher sends jobs. Its methods may be called concurrently.
type Publisher struct {
	channel *amqp.Channel
	returns chan amqp.Return

	mu       sync.Mutex // guards returned
	returned map[string]bool
}

// inFlight is how many jobs may wait for their confirms, so that returns has room.
const inFlight = 256

// NewPublisher opens a channel for publishing.
func NewPublisher(conn *amqp.Connection) (*Publisher, error) {
	channel, err := conn.Channel()
	if err != nil {
		return nil, err
	}
	if err := channel.Confirm(false); err != nil {
		return nil, err
	}
	returns := channel.NotifyReturn(make(chan amqp.Return, inFlight))
	return &Publisher{channel: channel, returns: returns, returned: make(map[string]bool)}, nil
}

// ResizeImage sends a job and waits for its confirm.
func (p *Publisher) ResizeImage(ctx context.Context, image string, width int) error {
	body, err := json.Marshal(job{image, width})
	if err != nil {
		return err
	}
	return p.publish(ctx, Queue, amqp.Publishing{
		ContentType: "application/json", DeliveryMode: amqp.Persistent, MessageId: rand.Text(), Body: body,
	})
}

func (p *Publisher) publish(ctx context.Context, queue string, message amqp.Publishing) error {
	confirm, err := p.channel.PublishWithDeferredConfirmWithContext(ctx, "", queue, true, false, message)
	if err != nil {
		return err
	}
	acked, err := confirm.WaitContext(ctx)
	switch {
	case err != nil:
		return err
	case p.wasReturned(message.MessageId):
		return errors.New("no queue takes it")
	case !acked:
		return errors.New("the broker refused it")
	}
	return nil
}

// wasReturned may be asked once the message is confirmed: its return came before.
func (p *Publisher) wasReturned(id string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		select {
		case r := <-p.returns:
			p.returned[r.MessageId] = true
		default:
			was := p.returned[id]
			delete(p.returned, id)
			return was
		}
	}
}
