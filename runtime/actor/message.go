package actor

import (
	"context"
	"maps"
	"time"
)

// Message is one task with its arguments encoded. Stubs make messages;
// [Client.Publish] sends them. A message may be sent more than once, which
// runs its task more than once.
type Message struct {
	// ID identifies the task through retries and repeated sends (UUIDv7).
	ID string
	// Actor is the actor's name on the wire.
	Actor string
	// Body holds the arguments as a msgpack map keyed by parameter name. It
	// must not be changed once the message was sent.
	Body []byte
	// Headers are the user's. Values are string, []byte or any integer that
	// fits 64 signed bits; names beginning with "x-" or "actor-" are refused.
	Headers map[string]any
	// Priority overrides the policy's when not nil.
	Priority *int
	// Delay is how long the broker holds the message. Zero means not at all.
	Delay time.Duration
	// At is the time at which the message is due; it overrides Delay unless
	// it is zero. A time in the past means now.
	At time.Time

	definition *Definition
	// destination is the name of the actor's queue on the broker, once that is
	// known.
	destination string
}

// SetHeader sets a header of a message that is to be sent, without changing the
// map of headers, which other messages may share. The value is a string, a
// []byte or an integer that fits 64 signed bits. The error says why the header
// is refused, its name, its value, or the size of all; then the message is as
// it was. It must not be called concurrently for one message.
func (m *Message) SetHeader(name string, value any) error {
	headers, flaw := withHeader(m.Headers, name, value)
	if flaw != "" {
		return &InvalidMessageError{Actor: m.Actor, Queue: m.Queue(), Reason: flaw}
	}
	m.Headers = headers
	return nil
}

// withHeader returns a copy of headers with one more, or why no message can
// have them.
func withHeader(headers map[string]any, name string, value any) (all map[string]any, flaw string) {
	all = make(map[string]any, len(headers)+1)
	maps.Copy(all, headers)
	all[name] = value
	return all, flawOfHeaders(all)
}

// Destination returns the name of the actor's queue on the broker, with the
// client's prefix. The middleware of a client and of a worker can ask for it;
// before it the name is not known, and Destination empty.
func (m Message) Destination() string { return m.destination }

// IsCall reports whether messages, which a [SendMiddleware] has received with
// ctx, are a call: what it sends then is one request, which ends with its reply.
func IsCall(ctx context.Context, messages []Message) bool { return callOf(ctx, messages) != nil }

// Queue returns the queue that the actor's annotation names, without the
// client's prefix; it is empty for a message that no stub made.
func (m Message) Queue() string {
	if m.definition == nil {
		return ""
	}
	return m.definition.Queue.Name
}
