package amqp

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
)

const (
	// replyTimeout bounds the sending of a reply whose context has no end.
	replyTimeout = 5 * time.Second
	// replyAttempts is how often a reply is written when its connection is lost
	// over it. RabbitMQ (3.10 at least) crashes a connection that replies to an
	// address it cannot read, so such a reply must come to an end.
	replyAttempts = 3
)

var errNoReplyAddress = errors.New("not an address for a direct reply")

// Reply implements [actor.Transport]. Replies have a connection of their own,
// made for the first one: the address in a request is foreign data over which
// the broker may close the connection.
func (t *Transport) Reply(ctx context.Context, to string, r *actor.Reply) error {
	if !t.enter() {
		return replyError(r, actor.ErrClosed)
	}
	defer t.senders.Done()
	if !isReplyAddress(to) {
		return replyError(r, errNoReplyAddress)
	}
	q, err := newReply(to, r, t.cfg.Name, time.Now())
	if err != nil {
		return replyError(r, err)
	}
	t.startClock(q)
	err, abandoned := t.sendReply(ctx, q)
	t.unpack(q, abandoned)
	if err != nil {
		return replyError(r, err)
	}
	return nil
}

// newReply makes the parcel of a reply. It is not mandatory: RabbitMQ returns a
// mandatory one even where it arrives.
func newReply(to string, r *actor.Reply, appID string, now time.Time) (*parcel, error) {
	q, err := newParcel(&actor.Envelope{
		ID: r.ID, Actor: r.Actor, Body: r.Body, Queue: &actor.Queue{Name: to},
		Priority: actor.NoPriority, Confirm: true, Timeout: replyTimeout,
	}, appID, now)
	if err != nil {
		return nil, err
	}
	q.msg.CorrelationId = r.ID
	if r.Failed {
		setHeader(&q.msg, headerError, shorten(r.Failure, maxFailure))
	}
	return q, nil
}

func replyError(r *actor.Reply, err error) error {
	return fmt.Errorf("reply of %s to message %q: %w", r.Actor, r.ID, err)
}

// sendReply repeats attempts until the broker has taken the reply or has made
// clear that it will not.
func (t *Transport) sendReply(ctx context.Context, q *parcel) (err error, abandonedInFlight bool) {
	p := t.replies
	p.start()
	defer q.acquit()
	for written := 0; ; {
		if err := p.acquire(ctx, q); err != nil {
			return err, false
		}
		v, cause := p.attempt(ctx, q)
		switch v {
		case confirmed:
			return nil, false
		case abandoned:
			return cause, true
		case unsent:
			continue
		case nacked:
			if t.pause(ctx, q) {
				continue
			}
		case lost:
			if written++; written < replyAttempts {
				continue
			}
		}
		if cause == nil {
			cause = actor.ErrNacked
		}
		return cause, false
	}
}

// isReplyAddress says whether to looks like what the broker puts in the place
// of directReplyTo: two words in base 64, a channel and a key.
func isReplyAddress(to string) bool {
	rest, ok := strings.CutPrefix(to, directReplyTo+".")
	channel, key, two := strings.Cut(rest, ".")
	return ok && two && isBase64(channel) && isBase64(key)
}

// isBase64 takes every alphabet of base 64: which one it is, is the broker's
// affair.
func isBase64(word string) bool {
	return word != "" && !strings.ContainsFunc(word, func(r rune) bool {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
		return !letter && !strings.ContainsRune("+/-_=", r)
	})
}

// replyOf translates a received reply. Other programs may send there, too:
// replies to IDs that nobody waits for are dropped, and bodies are foreign.
func replyOf(d *amqp.Delivery) *actor.Reply {
	r := &actor.Reply{ID: d.CorrelationId, Actor: d.Type, Body: d.Body}
	if failure, ok := d.Headers[headerError]; ok {
		r.Failed, r.Body = true, nil
		r.Failure, _ = failure.(string)
	}
	return r
}
