package amqp

import (
	"fmt"
	"maps"
	"strings"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
)

// frameOverhead is what a frame takes beside its payload (AMQP 0-9-1, section 4.2.3).
const frameOverhead = 8

// fit says whether q's properties and headers go through s. They travel in one
// frame, and a broker whose frame_max is less than the usual 128 KiB closes the
// connection for a longer one. A copy goes out without its user headers
// instead, and with less of the error: its original would come back for ever.
func (q *parcel) fit(s *session) error {
	limit := s.conn.Config.FrameSize
	if limit == 0 || limit >= frameSize || len(q.msg.Headers) == 0 { // what passed the checks fits
		return nil
	}
	size := headerFrame(&q.msg)
	if size > limit && q.env.IsCopy() {
		maps.DeleteFunc(q.msg.Headers, func(name string, _ any) bool { return !strings.HasPrefix(name, "actor-") })
		if failure, ok := q.msg.Headers[headerError].(string); ok {
			q.msg.Headers[headerError] = shorten(failure, limit/4)
		}
		size = headerFrame(&q.msg)
	}
	if size <= limit {
		return nil
	}
	return &actor.InvalidMessageError{Actor: q.env.Actor, Queue: q.env.Destination(), Reason: fmt.Sprintf(
		"properties and headers need a frame of %d bytes, the broker takes at most %d (frame_max)", size, limit)}
}

// headerFrame is what the frame with p's properties takes, rounded up.
func headerFrame(p *amqp.Publishing) int {
	const fixed = 2 + 2 + 8 + 2 + // class, weight, size of the body, flags
		4 + 1 + 1 + 8 + // length of the headers, delivery mode, priority, timestamp
		6 // a length each for the strings below
	table := scale{limit: maxCopyHeaders}
	if table.table(p.Headers, 0) != nil {
		return frameSize + 1 // it has passed the checks, so this does not happen
	}
	return frameOverhead + fixed + table.size + len(p.ContentType) + len(p.MessageId) + len(p.Type) + len(p.AppId) +
		len(p.ReplyTo) + len(p.CorrelationId)
}
