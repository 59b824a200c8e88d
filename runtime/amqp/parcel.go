package amqp

import (
	"cmp"
	"sync"
	"sync/atomic"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
)

// parcel is one message on its way: what goes out, how long it may take, and
// what has become of it so far.
type parcel struct {
	env      *actor.Envelope
	exchange string
	key      string
	msg      amqp.Publishing
	size     int

	alarm alarm
	// late says that the message's time is up.
	late atomic.Bool
	// signal holds a token when the parcel was given a place, or is late, or
	// the publisher was closed.
	signal chan struct{}

	// Guarded by the publisher's mutex.
	lane       *lane // where the parcel has a place; nil while it waits
	prev, next *parcel
	line       *line // where it waits; nil where it does not
	returned   bool
	placed     time.Time // when it got its place
	// suspected is whose channel the broker closed when this was in flight; see
	// publisher.suspects.
	suspected *publisher

	// The sender's own.
	confirm *amqp.DeferredConfirmation
	wrote   time.Time
	ticking bool // its time has begun to run
	// unknown says that an earlier attempt was handed to the library and its
	// outcome was lost with the connection.
	unknown  bool
	unfit    error // why the broker would not take it; see fit
	refused  bool  // an earlier attempt was nacked
	declared bool  // what the broker lacked was declared; once is enough
	backoff  *backoff
}

var parcels = sync.Pool{New: func() any {
	q := &parcel{signal: make(chan struct{}, 1)}
	q.alarm.fire = func() {
		q.late.Store(true)
		q.wake()
	}
	return q
}}

func newParcel(e *actor.Envelope, appID string, now time.Time) (*parcel, error) {
	exchange, key, msg, err := publishing(e, appID, now)
	if err != nil {
		return nil, err
	}
	q := parcels.Get().(*parcel)
	q.env, q.exchange, q.key, q.msg = e, exchange, key, msg
	q.size = len(e.Body) + 512 // about what the properties take
	if len(msg.Headers) > 0 {
		q.size += headerFrame(&q.msg)
	}
	return q, nil
}

// destination is what takes the message from the channel: the queue, or the
// level of a delay, which is an exchange with a queue.
func (q *parcel) destination() string { return cmp.Or(q.exchange, q.key) }

// recycle gives the parcel back. Nobody may hold it any more: not the wheel,
// and not the lane, which keeps an abandoned one until its confirm.
func (q *parcel) recycle() {
	signal, fire := q.signal, q.alarm.fire
	select {
	case <-signal:
	default:
	}
	q.clear()
	q.signal, q.alarm.fire = signal, fire
	parcels.Put(q)
}

func (q *parcel) clear() {
	q.env, q.exchange, q.key, q.msg, q.size = nil, "", "", amqp.Publishing{}, 0
	q.alarm = alarm{}
	q.late.Store(false)
	q.lane, q.prev, q.next, q.line = nil, nil, nil, nil
	q.returned, q.placed, q.suspected = false, time.Time{}, nil
	q.confirm, q.wrote, q.ticking = nil, time.Time{}, false
	q.unfit, q.unknown, q.refused, q.declared, q.backoff = nil, false, false, false, nil
}

func (q *parcel) wake() {
	select {
	case q.signal <- struct{}{}:
	default:
	}
}
