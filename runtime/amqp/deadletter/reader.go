// Package deadletter reads the dead letters of a queue over AMQP, puts them back
// into their queue, and removes them.
//
// A [Reader] receives each dead letter once and acknowledges only what is to go;
// at its end the others go back, in their order, to the front of their queue. So
// one that is interrupted, at whatever moment, loses nothing. While a Reader is
// open, what it has received is hidden from others.
//
// Reading counts as a delivery. Queues of dead letters have no limit of these
// (docs/adr/0005); one that was declared otherwise has, and RabbitMQ 4 drops a
// message that has been delivered 21 times.
package deadletter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	broker "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
)

const (
	// prefetch is how many letters are on the way to a Reader, and so bounds its
	// memory.
	prefetch = 512
	// quiet is how long nothing comes before the queue is asked whether there is
	// anything left.
	quiet = 250 * time.Millisecond
	// patience is how long a queue may have letters and deliver none, or not tell how
	// many.
	patience = 10 * time.Second
)

// ErrNoQueue: there is no such queue.
var ErrNoQueue = errors.New("the queue does not exist")

// Reader reads the dead letters that are in a queue when it is opened. It must not
// be used concurrently.
type Reader struct {
	conn  *amqp.Connection
	name  string // of the queue that is read
	queue string // whose dead letters these are
	ch    *broker.Channel
	ended chan *broker.Error

	count, received int
	held            map[uint64]struct{} // the tags of what was received and not removed

	// One consumer after the other holds what is not acknowledged, each as much
	// as its prefetch.
	consumer   int
	room       int // how much more the last one takes
	deliveries <-chan broker.Delivery
}

// Open begins to read the dead letters of a queue, whose name on the broker is
// without the suffix .XQ. The connection stays the caller's, and must not be used
// for anything else while it blocks. The error is ErrNoQueue where there are none
// and never were. The Reader has to be closed.
func Open(ctx context.Context, conn *amqp.Connection, queue string) (*Reader, error) {
	r := &Reader{conn: conn, name: queue + actor.DeadLetterSuffix, queue: queue, held: make(map[uint64]struct{})}
	_, err := r.ready(ctx)
	if err == nil {
		r.ch, err = conn.Channel(ctx)
	}
	if err == nil {
		r.ended = r.ch.NotifyClose(make(chan *broker.Error, 1))
		err = conn.Wait(ctx, r.barrier)
	}
	if err == nil {
		r.count, err = r.countReady(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("read queue %q: %w", r.name, err)
	}
	return r, nil
}

// Count returns how many letters were there when the Reader was opened.
func (r *Reader) Count() int { return r.count }

// ready returns how many letters wait; 0 also where the queue did not tell in time.
func (r *Reader) ready(ctx context.Context) (n int, err error) {
	err = r.conn.Ask(ctx, func(ch *broker.Channel) error {
		q, err := ch.QueueDeclarePassive(r.name, true, false, false, false, nil)
		n = q.Messages
		return err
	})
	if reason := (*broker.Error)(nil); errors.As(err, &reason) && reason.Code == broker.NotFound {
		return 0, ErrNoQueue
	}
	return n, err
}

// countReady is ready, but certain: a busy quorum queue is said to be empty where
// its leader does not answer within a quarter of a second (RabbitMQ 3.10). Only a
// get tells for certain that there is nothing.
func (r *Reader) countReady(ctx context.Context) (int, error) {
	for start := time.Now(); ; {
		n, err := r.ready(ctx)
		if n > 0 || err != nil {
			return n, err
		}
		if n, err := r.any(ctx); n == 0 || err != nil {
			return 0, err
		}
		if time.Since(start) > patience {
			return 0, errors.New("the queue has messages, but does not tell how many")
		}
	}
}

// Next waits for the next letter. It returns io.EOF behind the last of those that
// were there when the Reader was opened; letters that somebody else takes away
// meanwhile are not waited for. After another error the connection is lost or the
// queue gone, and everything that was not removed goes back by itself.
func (r *Reader) Next(ctx context.Context) (*Letter, error) {
	for start, empty := time.Now(), false; ; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if r.received >= r.count {
			return nil, io.EOF
		}
		if r.room == 0 {
			if err := r.consume(ctx); err != nil {
				return nil, err
			}
		}
		timer := time.NewTimer(quiet)
		select {
		case d, ok := <-r.deliveries:
			timer.Stop()
			if !ok {
				return nil, r.lost()
			}
			r.room--
			l := r.receive(&d)
			l.consumer = r.consumer
			return l, nil
		case <-ctx.Done():
			timer.Stop()
		case <-timer.C:
			n, err := r.ready(ctx)
			if err == nil && n == 0 { // or not told in time
				if n, err = r.any(ctx); err == nil && n == 0 && empty { // and nothing was on its way
					return nil, io.EOF
				}
				empty = n == 0
			}
			if err == nil && n > 0 && time.Since(start) > patience {
				err = errors.New("it has messages, and delivers none of them")
			}
			if err != nil {
				return nil, fmt.Errorf("read queue %q: %w", r.name, err)
			}
		}
	}
}

// any returns 1 where there is a letter, and 0 where there is certainly none: only
// a get tells that. The letter goes back.
func (r *Reader) any(ctx context.Context) (n int, err error) {
	err = r.wait(ctx, func() error {
		d, found, err := r.ch.Get(r.name, false)
		if found && err == nil {
			n, err = 1, d.Nack(false, true)
		}
		return err
	})
	return n, err
}

// wait runs fn, for which the user needs permission to read.
func (r *Reader) wait(ctx context.Context, fn func() error) error {
	return amqp.Lacking(r.conn.Wait(ctx, fn), "read")
}

func (r *Reader) receive(d *broker.Delivery) *Letter {
	r.received++
	r.held[d.DeliveryTag] = struct{}{}
	return newLetter(d, r.queue)
}

// consume replaces the consumer, whose prefetch is used up, by another one.
func (r *Reader) consume(ctx context.Context) error {
	err := r.wait(ctx, func() (err error) {
		if r.consumer > 0 {
			if err := r.ch.Cancel(r.tag(), false); err != nil {
				return err
			}
		}
		r.consumer++
		r.deliveries, err = r.ch.Consume(r.name, r.tag(), false, false, false, false, nil)
		return err
	})
	if err != nil {
		return fmt.Errorf("read queue %q: %w", r.name, amqp.Lacking(err, "read"))
	}
	r.room = prefetch
	return nil
}

func (r *Reader) tag() string { return fmt.Sprintf("actorctl-%d", r.consumer) }

// remove acknowledges a letter without waiting; accepted waits for all of these.
func (r *Reader) remove(l *Letter) error {
	if err := r.ch.Ack(l.tag, false); err != nil {
		return r.lost()
	}
	delete(r.held, l.tag)
	if l.consumer == r.consumer {
		r.room++
	}
	return nil
}

// barrier sets the prefetch, and waits for the answer: what the broker got before
// on the channel it has done then.
func (r *Reader) barrier() error { return r.ch.Qos(prefetch, 0, false) }

// accepted waits until the broker has taken all acknowledgements.
func (r *Reader) accepted() error {
	if err := r.conn.Wait(context.Background(), r.barrier); err != nil {
		return r.lost()
	}
	return nil
}

// lost says why the channel has ended.
func (r *Reader) lost() error {
	select {
	case reason, ok := <-r.ended:
		if ok && reason != nil {
			return fmt.Errorf("read queue %q: %w: %s", r.name, actor.ErrConnectionLost, strings.TrimSpace(reason.Reason))
		}
	default:
	}
	if !r.ch.IsClosed() {
		return fmt.Errorf("read queue %q: the queue has been deleted", r.name)
	}
	return fmt.Errorf("read queue %q: %w", r.name, actor.ErrConnectionLost)
}
