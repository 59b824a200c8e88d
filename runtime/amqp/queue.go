package amqp

import (
	"errors"
	"fmt"
	"log/slog"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
)

// queueArgs are the arguments of an actor's queue. They are frozen once the
// queue exists, so they are part of the wire contract: what may change belongs
// in a policy.
func queueArgs(q *actor.Queue) amqp.Table {
	overflow := q.Overflow
	if overflow == "" {
		overflow = actor.RejectPublish
	}
	args := amqp.Table{
		"x-queue-type":              string(actor.Quorum),
		"x-dead-letter-exchange":    "",
		"x-dead-letter-routing-key": q.DeadLetterName(),
		"x-overflow":                string(overflow),
	}
	if q.MaxLength > 0 {
		args["x-max-length"] = int64(q.MaxLength)
	}
	if q.Type == actor.Classic {
		args["x-queue-type"] = string(actor.Classic)
		if q.MaxPriority > 0 {
			args["x-max-priority"] = int64(q.MaxPriority)
		}
		return args
	}
	limit := q.DeliveryLimit
	if limit == 0 {
		limit = actor.DefaultDeliveryLimit
	}
	args["x-delivery-limit"] = int64(limit)
	if overflow == actor.RejectPublish { // with another overflow it would silently mean at most once
		args["x-dead-letter-strategy"] = "at-least-once"
	}
	return args
}

func deadLetterArgs(q *actor.Queue) amqp.Table {
	args := amqp.Table{"x-queue-type": string(actor.Quorum)}
	if q.DeadLetterTTL > 0 {
		args["x-message-ttl"] = q.DeadLetterTTL.Milliseconds()
	}
	return args
}

// errRefused marks an answer of the broker, as opposed to a connection that was
// lost over the question.
var errRefused = errors.New("refused by the broker")

// declarer declares on one session. Every call uses short-lived channels of its
// own: an error closes the channel, and a publishing channel only publishes.
type declarer struct {
	sess *session
	log  *slog.Logger
}

// do runs fn on a channel of its own. An answer of the broker is an errRefused;
// any other error means that the session is gone.
func (d declarer) do(fn func(ch *amqp.Channel) error) error {
	var reason *amqp.Error
	err := d.sess.call(func() error {
		ch, err := d.sess.conn.Channel()
		if err != nil {
			return err
		}
		closes := ch.NotifyClose(make(chan *amqp.Error, 1))
		if err := fn(ch); err != nil {
			// The reason of the close, where there is one, tells more than
			// the method's own error.
			if errors.As(err, &reason) && reason.Server && reason.Recover {
				return err
			}
			select {
			case reason = <-closes:
			default:
			}
			return err
		}
		return ch.Close()
	})
	if err != nil && reason != nil && reason.Server && reason.Recover {
		return fmt.Errorf("%w: %w", errRefused, reason)
	}
	return err
}

// queue declares a queue of an actor with its dead-letter queue and the binding
// by which its delayed messages arrive. A contradiction in the actor's queue is
// a *QueueConflictError; one that breaks no promise is only logged.
func (d declarer) queue(q *actor.Queue, prefix string) error {
	if err := d.out(prefix); err != nil {
		return err
	}
	// The target of dead letters comes first: a classic queue without it loses them.
	if err := d.declare(q.DeadLetterName(), deadLetterArgs(q)); err != nil {
		return err
	}
	if err := d.declare(q.Name, queueArgs(q)); err != nil {
		return err
	}
	return d.do(func(ch *amqp.Channel) error {
		return ch.QueueBind(q.Name, q.Name, delayOut(prefix), false, nil)
	})
}

// maxDifferences bounds the arguments of one queue that may differ.
const maxDifferences = 16

// declare declares a queue, or reports how the one that exists differs. The
// broker names one difference at a time, so each that breaks no promise is
// logged and adopted, until the next shows or none is left.
func (d declarer) declare(name string, args amqp.Table) error {
	for range maxDifferences {
		err := d.do(func(ch *amqp.Channel) error {
			_, err := ch.QueueDeclare(name, true, false, false, false, args)
			return err
		})
		var reason *amqp.Error
		if err == nil || !errors.As(err, &reason) {
			return err
		}
		conflict := conflictOf(name, reason)
		if conflict == nil {
			return err
		}
		if !conflict.adopt(args) {
			return conflict
		}
		d.log.Warn("queue differs from its declaration", "name", name,
			"argument", conflict.Argument, "wanted", conflict.Wanted, "found", conflict.Found)
	}
	return fmt.Errorf("%w: queue %q differs in too many arguments", errRefused, name)
}

// check reports whether a queue exists. It needs no permission.
func (d declarer) check(name string) error {
	return d.do(func(ch *amqp.Channel) error {
		_, err := ch.QueueDeclarePassive(name, true, false, false, false, nil)
		return err
	})
}

// isMissing says that the broker knows no such queue or exchange.
func isMissing(err error) bool {
	var reason *amqp.Error
	return errors.As(err, &reason) && reason.Code == amqp.NotFound
}
