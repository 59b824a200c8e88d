package amqp

import (
	"sync/atomic"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

const (
	// maxWindow bounds the unconfirmed messages of a channel. RabbitMQ's
	// connection process lends a channel 400 messages and gets none back from
	// one with a quorum queue that has stopped (credit_flow_default_credit); at
	// the 401st it reads nothing more from the connection. Below that a window
	// full of them leaves a way to give the channel up. The library, too, looks
	// at all of them for each multiple confirm.
	maxWindow = 384
	// maxWindowBytes bounds their memory.
	maxWindowBytes = 16 << 20
)

// lane is one publishing channel while it lives, with the messages in flight on
// it. All but the channel is guarded by the publisher's mutex.
type lane struct {
	sess *session
	ch   *amqp.Channel
	// returns has room for a return of every message in flight, so the
	// library's reader, which all channels share, never waits for us. Whoever
	// receives from it holds the publisher's mutex.
	returns chan amqp.Return
	// closes holds why the broker closed the channel; it is filled before the
	// confirms in flight are ended.
	closes chan *amqp.Error
	reason *amqp.Error
	// inbox receives the replies to requests; nil on other channels.
	inbox *inbox
	// orphan is told of returns that no sender waits for.
	orphan func(amqp.Return)

	// inflight is keyed by message ID, by which returns are matched: an ID is
	// in flight once.
	inflight map[string]*parcel
	bytes    int
	// granted is what has a place but is not yet in the socket's buffer.
	granted atomic.Int64
	// abandoned are in flight, but their senders have gone.
	abandoned []*parcel
	// retired says that the lane gets no more messages.
	retired bool
}

// admits says whether q may be handed to the library now: then it is certain
// that the library does not block. clash says that only its ID is in the way.
func (l *lane) admits(q *parcel, window int) (ok, clash bool) {
	switch {
	case l.retired || l.ch.IsClosed() || l.sess.blocked.Load():
	case len(l.inflight) >= window:
	case l.bytes+q.size > maxWindowBytes && l.bytes > 0:
	case l.sess.sock.buffered()+int(l.granted.Load()) >= softBuffer:
	default:
		_, clash = l.inflight[q.msg.MessageId]
		return !clash, clash
	}
	return false, false
}

func (l *lane) add(q *parcel) {
	q.lane = l
	q.returned = false
	l.inflight[q.msg.MessageId] = q
	l.bytes += q.size
	l.granted.Add(int64(q.size))
}

func (l *lane) remove(q *parcel) {
	q.lane = nil
	delete(l.inflight, q.msg.MessageId)
	l.bytes -= q.size
}

// drain notes the returns that have arrived. The library delivers the return of
// a message before it completes the confirm, so that a sender which drains
// after its confirm knows whether the message was returned.
func (l *lane) drain() {
	for len(l.returns) > 0 { // nobody else receives
		r := <-l.returns
		if q := l.inflight[r.MessageId]; q != nil {
			q.returned = true
		} else {
			l.orphan(r)
		}
	}
}

// reap forgets the abandoned messages whose confirm has come, and returns those
// that came back.
// Their returns were there before their confirms, so they are read in between:
// a return that is left would be taken for that of the next message with the ID.
func (l *lane) reap() (returned []*parcel) {
	kept, ended := l.abandoned[:0], []*parcel(nil)
	for _, q := range l.abandoned {
		select {
		case <-q.confirm.Done():
			ended = append(ended, q)
		default:
			kept = append(kept, q)
		}
	}
	clear(l.abandoned[len(kept):])
	l.abandoned = kept
	l.drain()
	for _, q := range ended {
		l.remove(q)
		if q.returned {
			returned = append(returned, q)
		}
	}
	return returned
}

// stuckAfter is how long a confirm may take where others come.
const stuckAfter = time.Second

// stuck says that half of the window belongs to messages that have lost their
// senders and will hardly be confirmed any more. One that was written a moment
// ago may still be: many senders that give up at once are no reason to make
// the others publish again on another channel.
func (l *lane) stuck(now time.Time) bool {
	late := 0
	for _, q := range l.abandoned {
		if now.Sub(q.wrote) > stuckAfter {
			late++
		}
	}
	return late > maxWindow/2
}

// closedBy returns the broker's reason when it closed this channel alone, for
// something that was published on it; nil when the connection ended.
func (l *lane) closedBy() *amqp.Error {
	if l.reason == nil {
		select {
		case l.reason = <-l.closes:
		default:
		}
	}
	if l.reason == nil || !l.reason.Server || !l.reason.Recover || l.sess.conn.IsClosed() {
		return nil
	}
	return l.reason
}
