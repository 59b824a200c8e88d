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
	// perQueue counts them by destination where queueWindow applies to those
	// that narrow tells; else nil.
	perQueue map[string]int
	narrow   func(destination string) bool
	// confirmed is when the latest message that is confirmed got its place.
	confirmed time.Time
	// silent are the destinations that are overdue; see publisher.examine.
	silent map[string]*silentQueue
	// answered is when the broker was heard before the last examination.
	answered time.Time
	// granted is what has a place but is not yet in the socket's buffer.
	granted atomic.Int64
	// abandoned are in flight, but their senders have gone.
	abandoned []*parcel
	// retired says that the lane gets no more messages.
	retired bool
	// lingers is until when a retired lane may be kept for what is in flight.
	lingers time.Time
}

// admits says whether q may be handed to the library now: then it is certain
// that the library does not block. alone says that only messages with its ID or
// its destination are in the way, so that others may go before it.
func (l *lane) admits(q *parcel, window int) (ok, alone bool) {
	switch {
	case l.retired || l.ch.IsClosed() || l.sess.blocked.Load():
	case len(l.inflight) >= window:
	case l.bytes+q.size > maxWindowBytes && l.bytes > 0:
	case l.sess.sock.buffered()+int(l.granted.Load()) >= softBuffer:
	default:
		_, clash := l.inflight[q.msg.MessageId]
		alone = clash || l.crowded(q)
		return !alone, alone
	}
	return false, false
}

// crowded says that the queue of q has all its places.
func (l *lane) crowded(q *parcel) bool {
	return l.perQueue != nil && l.perQueue[q.destination()] >= queueWindow && l.narrow(q.destination())
}

func (l *lane) add(q *parcel) {
	q.lane = l
	q.returned = false
	q.placed = time.Now()
	l.inflight[q.msg.MessageId] = q
	l.bytes += q.size
	if l.perQueue != nil {
		l.perQueue[q.destination()]++
	}
	l.granted.Add(int64(q.size))
}

func (l *lane) remove(q *parcel) {
	q.lane = nil
	delete(l.inflight, q.msg.MessageId)
	l.bytes -= q.size
	if l.perQueue != nil {
		if l.perQueue[q.destination()]--; l.perQueue[q.destination()] == 0 {
			delete(l.perQueue, q.destination())
		}
	}
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
