package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

const timeout = 5 * time.Second

// raw is amqp091-go as an expert uses it by hand: one confirm channel that all
// goroutines share, and returns matched under a mutex after the confirm.
type raw struct {
	connection *amqp.Connection
	channel    *amqp.Channel
	returns    chan amqp.Return

	mu       sync.Mutex
	returned map[string]bool
}

func dialRaw(url string) (*raw, error) {
	connection, err := amqp.Dial(url)
	if err != nil {
		return nil, err
	}
	channel, err := connection.Channel()
	if err != nil {
		return nil, err
	}
	if err := channel.Confirm(false); err != nil {
		return nil, err
	}
	return &raw{
		connection: connection, channel: channel,
		// Room for a return of everything in flight: the reader never waits.
		returns:  channel.NotifyReturn(make(chan amqp.Return, window)),
		returned: make(map[string]bool),
	}, nil
}

func (r *raw) publish(ctx context.Context, queue, id string, body []byte) (*amqp.DeferredConfirmation, error) {
	return r.channel.PublishWithDeferredConfirmWithContext(ctx, "", queue, true, false, amqp.Publishing{
		ContentType: "application/octet-stream", DeliveryMode: amqp.Persistent,
		MessageId: id, Timestamp: time.Now(), Body: body,
	})
}

// outcome waits for the confirm of a message and says whether it is queued.
func (r *raw) outcome(ctx context.Context, id string, confirm *amqp.DeferredConfirmation) error {
	acked, err := confirm.WaitContext(ctx)
	if err != nil {
		return err
	}
	if r.wasReturned(id) {
		return errors.New("returned")
	}
	if !acked {
		return errors.New("nacked")
	}
	return nil
}

func (r *raw) wasReturned(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		select {
		case m := <-r.returns:
			r.returned[m.MessageId] = true
		default:
			was := r.returned[id]
			delete(r.returned, id)
			return was
		}
	}
}

// send publishes one message and waits for its outcome.
func (r *raw) send(queue, id string, body []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	confirm, err := r.publish(ctx, queue, id, body)
	if err != nil {
		return err
	}
	return r.outcome(ctx, id, confirm)
}

// sendBatch publishes n messages through a window of unconfirmed ones.
func (r *raw) sendBatch(queue, prefix string, n int, body []byte) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	type pending struct {
		id      string
		confirm *amqp.DeferredConfirmation
	}
	inFlight := make([]pending, 0, n)
	for i := range n {
		if oldest := i - window; oldest >= 0 {
			if err := r.outcome(ctx, inFlight[oldest].id, inFlight[oldest].confirm); err != nil {
				return err
			}
		}
		id := fmt.Sprintf("%s-%d", prefix, i)
		confirm, err := r.publish(ctx, queue, id, body)
		if err != nil {
			return err
		}
		inFlight = append(inFlight, pending{id, confirm})
	}
	for _, p := range inFlight[max(0, n-window):] {
		if err := r.outcome(ctx, p.id, p.confirm); err != nil {
			return err
		}
	}
	return nil
}

// window is how many unconfirmed messages the hand-written batch keeps.
const window = 256
