package actor

import "time"

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
}

// Queue returns the queue that the actor's annotation names, without the
// client's prefix; it is empty for a message that no stub made.
func (m Message) Queue() string {
	if m.definition == nil {
		return ""
	}
	return m.definition.Queue.Name
}
