package memory

import (
	"bytes"
	"cmp"
	"maps"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// message is a message in the broker. It shares no memory with the envelope
// that it was made from, nor with a delivery.
type message struct {
	// content is the message without what belongs to one delivery. It never
	// changes, so it may be read without the lock.
	content actor.Delivery

	number   uint64    // its place in the queue, kept when it is handed back
	priority int       // that the queue orders by
	returned int       // how often it was delivered and handed back
	expires  time.Time // zero for never
}

func newMessage(e *actor.Envelope) *message {
	contentType := e.ContentType
	if !e.DeadLetter {
		contentType = cmp.Or(contentType, actor.ContentType)
	}
	return &message{content: actor.Delivery{
		ID:          e.ID,
		Actor:       e.Actor,
		ContentType: contentType,
		Body:        bytes.Clone(e.Body),
		Headers:     cloneHeaders(e.Headers),
		Priority:    e.Priority,
		Sent:        time.Unix(time.Now().Unix(), 0), // a property of AMQP has whole seconds
		Remaining:   e.Remaining,
		Attempt:     e.Attempt,
		FirstSent:   e.FirstSent,
		FirstDue:    e.FirstDue,
		Failure:     e.Failure,
		FailedAt:    e.FailedAt,
		Deadline:    e.Deadline,
	}}
}

// size returns about how many bytes the message occupies.
func (m *message) size() int {
	const overhead = 512 // of the structures, the ID and the names
	size := overhead + len(m.content.Body) + len(m.content.Failure)
	for name, value := range m.content.Headers {
		size += len(name)
		switch v := value.(type) {
		case string:
			size += len(v)
		case []byte:
			size += len(v)
		}
	}
	return size
}

// dead returns the message as the broker itself dead-letters it: a new message
// whose failure is the reason.
func (m *message) dead(reason string) *message {
	dead := &message{content: m.content}
	dead.content.Failure = reason
	dead.content.FailedAt = time.Now()
	return dead
}

func cloneHeaders(headers map[string]any) map[string]any {
	if len(headers) == 0 {
		return nil
	}
	clone := maps.Clone(headers)
	for name, value := range clone {
		if b, ok := value.([]byte); ok {
			clone[name] = bytes.Clone(b)
		}
	}
	return clone
}
