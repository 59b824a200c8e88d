package amqp

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
)

// errRefused marks an answer of the broker, as opposed to a connection that was
// lost over the question.
var errRefused = errors.New("refused by the broker")

// declarer declares on one session. Every call uses short-lived channels of its
// own: an error closes the channel, and a publishing channel only publishes.
type declarer struct {
	sess *session
	news *news
	// wait runs what waits for an answer.
	wait func(func() error) error
}

// do runs fn on a channel of its own. An answer of the broker is an errRefused;
// any other error means that the session is gone.
func (d declarer) do(fn func(ch *amqp.Channel) error) error {
	var reason *amqp.Error
	err := d.wait(func() error {
		ch, err := d.sess.conn.Channel()
		if err != nil {
			return err
		}
		closes := ch.NotifyClose(make(chan *amqp.Error, 1))
		if err := fn(ch); err != nil {
			// The reason of the close, where there is one, tells more than
			// the method's own error.
			if errors.As(err, &reason) && isAnswer(reason) {
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
	if err != nil && reason != nil && isAnswer(reason) {
		return fmt.Errorf("%w: %w", errRefused, refusedFor(elementOf(err), reason))
	}
	return err
}

// element declares e.
func (d declarer) element(e layout.Element) error {
	return d.do(func(ch *amqp.Channel) error { return declare(ch, e) })
}

// isAnswer says that the broker closed a channel, or even the connection, for
// what was asked, so that asking again would bring the same.
func isAnswer(reason *amqp.Error) bool {
	switch reason.Code {
	case amqp.FrameError, amqp.SyntaxError, amqp.NotAllowed, amqp.NotImplemented:
		return reason.Server
	}
	return reason.Server && reason.Recover
}

// queue declares a queue of an actor with those beside it and the binding by
// which its delayed messages arrive; delayed says that it is declared for one of
// those. A contradiction that breaks a promise is a *QueueConflictError, but
// everything else is declared all the same; one that breaks none is only logged.
func (d declarer) queue(q *actor.Queue, prefix string, delayed bool) error {
	var conflicts []error
	for _, queue := range layout.Queues(q) {
		if err := d.declare(queue); isConflict(err) {
			conflicts = append(conflicts, err)
		} else if err != nil {
			return err
		}
	}
	bind := func(d declarer) error {
		if err := d.out(prefix); err != nil {
			return err
		}
		return d.element(layout.Landing(q, prefix))
	}
	var err error
	if delayed {
		err = bind(d)
	} else {
		err = d.unlessItHangs(q.Name, bind)
	}
	return cmp.Or(err, errors.Join(conflicts...))
}

// hanging is how long a binding is waited for that the one who asked can do
// without.
const hanging = 2 * time.Second

// unlessItHangs leaves declare to itself when it takes long: while one node of a
// cluster hangs, RabbitMQ (3.10, measured) declares queues and exchanges on the
// others, but finishes no binding, and a worker could not subscribe again.
func (d declarer) unlessItHangs(name string, declare func(declarer) error) error {
	done := make(chan error, 1)
	go func() { done <- declare(declarer{d.sess, d.news, d.sess.ask}) }() // ends with the session
	patience := time.NewTimer(hanging)
	defer patience.Stop()
	select {
	case err := <-done:
		return err
	case <-patience.C:
		d.news.warn("hanging "+name, "the broker takes long to bind a queue; not waiting for it", "name", name)
		return nil
	}
}

// maxDifferences bounds the arguments of one queue that may differ.
const maxDifferences = 16

// declare declares a queue, or reports how the one that exists differs. The
// broker names one difference at a time, so each that breaks no promise is
// logged and adopted, until the next shows or none is left.
func (d declarer) declare(q layout.Queue) error {
	for range maxDifferences {
		err := d.element(q)
		var reason *amqp.Error
		if err == nil || !errors.As(err, &reason) {
			return err
		}
		conflict := conflictOf(q.Name, reason)
		if conflict == nil {
			return err
		}
		if !conflict.adopt(q.Args) {
			return conflict
		}
		d.news.warn("conflict "+q.Name+" "+conflict.Argument, "queue differs from its declaration", "name", q.Name,
			"argument", conflict.Argument, "wanted", conflict.Wanted, "found", conflict.Found)
	}
	return fmt.Errorf("%w: queue %q differs in too many arguments", errRefused, q.Name)
}

// queueIs reports whether a queue exists, for which it needs no permission, and
// how its arguments differ, as declare does, where the user may declare it. The
// question comes before the declaration, so that this one creates nothing.
func (d declarer) queueIs(q layout.Queue) error {
	err := d.do(func(ch *amqp.Channel) error {
		_, err := ch.QueueDeclarePassive(q.Name, true, false, false, false, nil)
		return err
	})
	if err != nil {
		return err
	}
	err = d.declare(q)
	if isForbidden(err) {
		d.news.warn("unverified "+q.Name, "queue arguments not verified", "name", q.Name, "error", err)
		return nil
	}
	return err
}

func isConflict(err error) bool {
	var conflict *QueueConflictError
	return errors.As(err, &conflict)
}

// isMissing says that the broker knows no such queue or exchange.
func isMissing(err error) bool { return answered(err, amqp.NotFound) }

// isForbidden says that the user may not do that.
func isForbidden(err error) bool { return answered(err, amqp.AccessRefused) }

func answered(err error, code int) bool {
	var reason *amqp.Error
	return errors.As(err, &reason) && reason.Code == code
}
