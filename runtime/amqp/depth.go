package amqp

import (
	"context"
	"errors"
	"fmt"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
)

// Depth is what the broker tells of a queue to everybody.
type Depth struct {
	// Ready is how many messages wait in it for a consumer.
	Ready int
	// Consumers is how many there are.
	Consumers int
}

// Depths asks the broker how many messages the queues hold. It asks over a
// connection of its own, which the first call opens and later ones use: it
// disturbs nobody, and has its answer while the broker blocks publishers. A queue
// that does not exist is left out, and so is one that its user may not see. What
// was learned before an error is returned with it. It blocks until ctx ends at
// the longest. It may be called concurrently; calls wait for each other.
func (t *Transport) Depths(ctx context.Context, queues ...string) (map[string]Depth, error) {
	return t.inspector.depths(ctx, queues)
}

// inspector asks a transport's broker questions on the side.
type inspector struct {
	cfg       Config
	endpoints []endpoint
	ending    context.Context // ends with close
	end       context.CancelFunc
	// turn holds a token while conn is used, which it guards.
	turn chan struct{}
	conn *Connection // nil while there is none
}

func newInspector(cfg Config, endpoints []endpoint) *inspector {
	i := &inspector{cfg: cfg, endpoints: endpoints, turn: make(chan struct{}, 1)}
	i.ending, i.end = context.WithCancel(context.Background())
	return i
}

func (i *inspector) depths(ctx context.Context, queues []string) (map[string]Depth, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(i.ending, cancel)()
	select {
	case i.turn <- struct{}{}:
		defer func() { <-i.turn }()
	case <-ctx.Done():
		return nil, i.reason(ctx)
	}
	found := make(map[string]Depth, len(queues))
	for _, queue := range queues {
		d, err := i.depth(ctx, queue)
		switch {
		case err == nil:
			found[queue] = d
		case ctx.Err() != nil:
			return found, i.reason(ctx)
		case isHidden(err):
		default:
			return found, fmt.Errorf("depth of queue %q: %w", queue, err)
		}
	}
	return found, nil
}

func (i *inspector) reason(ctx context.Context) error {
	if i.ending.Err() != nil {
		return actor.ErrClosed
	}
	return ctx.Err()
}

// isHidden says that the broker answered the question, but not with a depth.
func isHidden(err error) bool {
	var answer *reasonError
	return errors.As(err, &answer)
}

// depth asks for one queue, once more where the connection turns out to be lost.
func (i *inspector) depth(ctx context.Context, queue string) (d Depth, err error) {
	for again := true; ; again = false {
		kept := i.conn != nil
		if !kept {
			if i.conn, err = connectAny(ctx, i.cfg, i.endpoints, i.cfg.Name+" inspect"); err != nil {
				return d, err
			}
		}
		err = i.conn.Ask(ctx, func(ch *amqp.Channel) error {
			q, err := ch.QueueDeclarePassive(queue, true, false, false, false, nil)
			d = Depth{Ready: q.Messages, Consumers: q.Consumers}
			return err
		})
		if err == nil || isHidden(err) {
			return d, err
		}
		i.leave()
		if !again || !kept || ctx.Err() != nil {
			return d, err
		}
	}
}

// leave gives the connection up.
func (i *inspector) leave() {
	if i.conn != nil {
		_ = i.conn.Close()
		i.conn = nil
	}
}

func (i *inspector) close() {
	i.end()
	i.turn <- struct{}{} // and keeps it
	i.leave()
}
