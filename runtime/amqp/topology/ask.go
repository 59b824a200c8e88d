package topology

import (
	"context"
	"errors"
	"fmt"

	broker "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
)

// asked is the view over AMQP. Whether something exists everybody may ask; how
// it differs is told to those who may declare it, one difference at a time.
type asked struct{ conn *amqp.Connection }

const queueType = "x-queue-type"

// maxDifferences bounds those of one element.
const maxDifferences = 32

func (a asked) look(ctx context.Context, e layout.Element) (sight, error) {
	c := compare(e)
	if c == nil {
		return sight{}, nil // of bindings nobody is told
	}
	err := a.conn.Ask(ctx, c.exists)
	switch code(err) {
	case broker.NotFound:
		return sight{verified: true}, nil
	case broker.ResourceLocked:
		return sight{exists: true, differences: []layout.Difference{exclusive}}, nil
	}
	if err != nil {
		return sight{}, err
	}
	seen := sight{exists: true}
	for range maxDifferences {
		err := a.conn.Ask(ctx, c.differs)
		if err == nil {
			seen.verified = true
			return seen, nil
		}
		switch code(err) {
		case broker.PreconditionFailed:
		case broker.AccessRefused:
			return seen, nil
		default:
			return seen, err
		}
		d, ok := difference(err)
		if !ok { // it has gone since
			return sight{verified: true}, nil
		}
		d, last := c.adopt(d)
		switch {
		case d.Argument == queueType: // then the other arguments mean nothing
			return sight{exists: true, verified: true, differences: []layout.Difference{d}}, nil
		case d.Wanted != d.Found:
			seen.differences = append(seen.differences, d)
		}
		if last {
			seen.verified = true
			return seen, nil
		}
	}
	return seen, fmt.Errorf("too many differences, the last: %w", err)
}

// exists tells whether a queue or an exchange does; of bindings nobody is told.
func (a asked) exists(ctx context.Context, e layout.Element) (bool, error) {
	c := compare(e)
	if c == nil {
		return false, nil
	}
	err := a.conn.Ask(ctx, c.exists)
	return err == nil, err
}

// exclusive is the difference of a queue that belongs to a connection, of which
// no other one is told more.
var exclusive = layout.Difference{Argument: "exclusive", Wanted: "false", Found: "true"}

func (a asked) waiting(ctx context.Context, queue string) (n int, exists bool, err error) {
	err = a.conn.Ask(ctx, func(ch *broker.Channel) error {
		q, err := ch.QueueDeclarePassive(queue, true, false, false, false, nil)
		n = q.Messages
		return err
	})
	if code(err) == broker.NotFound {
		return 0, false, nil
	}
	return n, err == nil, err
}

// code returns the broker's code, 0 where err is no answer of it.
func code(err error) int {
	var reason *broker.Error
	if errors.As(err, &reason) {
		return reason.Code
	}
	return 0
}

func difference(err error) (layout.Difference, bool) {
	var reason *broker.Error
	if errors.As(err, &reason) {
		return layout.DifferenceOf(reason)
	}
	return layout.Difference{}, false
}
