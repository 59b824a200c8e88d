package amqp

import (
	"math"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
)

// arrival is a delivery with its settlement, in one piece.
type arrival struct {
	actor.Delivery
	settlement settlement
}

// translate reads a received message into out. It trusts nothing: a header of
// another type, or out of range, counts as absent.
func translate(d *amqp.Delivery, now time.Time, out *actor.Delivery) {
	*out = actor.Delivery{
		ID:          d.MessageId,
		Actor:       d.Type,
		ContentType: d.ContentType,
		Body:        d.Body,
		Priority:    actor.NoPriority,
		Sent:        d.Timestamp,
		Redelivered: d.Redelivered,
	}
	if d.Priority > 0 {
		out.Priority = int(d.Priority)
	}
	if isReplyAddress(d.ReplyTo) {
		out.ReplyTo = d.ReplyTo
	}
	if len(d.Headers) == 0 {
		return
	}
	h := d.Headers
	out.Deadline = moment(h, headerDeadline)
	out.DeliveryCount = count(h, headerDeliveryCount)
	out.Attempt = count(h, headerAttempt)
	out.FirstSent = moment(h, headerFirstSent)
	out.FirstDue = moment(h, headerFirstDue)
	out.Failure, _ = h[headerError].(string)
	out.FailedAt = moment(h, headerFailedAt)
	out.Remaining = span(h, headerRemaining)
	if remainder := span(h, headerHold); remainder > 0 {
		out.Hold = hold(remainder, moment(h, headerDue), now)
	}
	for name, value := range h {
		if internalHeader(name) {
			continue
		}
		if out.Headers == nil {
			out.Headers = make(map[string]any, len(h))
		}
		out.Headers[name] = value
	}
}

// positive returns a header that is a positive integer, else 0.
func positive(h amqp.Table, name string) int64 {
	n, ok := integer(h[name])
	if !ok || n < 0 {
		return 0
	}
	return n
}

func count(h amqp.Table, name string) int {
	return int(min(positive(h, name), math.MaxInt32))
}

func span(h amqp.Table, name string) time.Duration {
	return time.Duration(min(positive(h, name), math.MaxInt64/int64(time.Microsecond))) * time.Microsecond
}

func moment(h amqp.Table, name string) time.Time {
	us := positive(h, name)
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us)
}

// Read returns what a message says that was received with the library, without a
// settlement. It trusts nothing: a header of another type, or out of range, counts
// as absent. Headers of the broker and our own are not among those it returns.
func Read(d *amqp.Delivery) (out actor.Delivery) {
	translate(d, time.Now(), &out)
	return out
}
