package actor

import (
	"fmt"
	"time"
)

// NoPriority as [PublishPolicy.Priority] sends without a priority even where
// the client has a default one.
const NoPriority = -1

// PublishPolicy is how messages are sent. A nil field is not set: the next in
// line decides, which is the annotation, then the package's defaults (both
// are one [Definition] by the time the code runs), then [ClientConfig], then
// the built-in default. Set a field with new, as in new(false).
type PublishPolicy struct {
	// Confirm waits for the broker's confirm before a send returns.
	// Defaults to true.
	Confirm *bool
	// ConfirmTimeout bounds a send, from its call to its outcome.
	// Defaults to 5 seconds.
	ConfirmTimeout *time.Duration
	// Mandatory makes a message that reaches no queue an error.
	// Defaults to true.
	Mandatory *bool
	// Persistent asks the broker to keep the message on disk; a quorum queue
	// always does. Defaults to true.
	Persistent *bool
	// MaxDelay is the longest accepted delay; it can only lower the
	// transport's. Zero means no limit but the transport's.
	// Defaults to the transport's.
	MaxDelay *time.Duration
	// Priority is 0 to 255, or NoPriority. Defaults to NoPriority.
	Priority *int
}

// WorkPolicy is how an actor's messages are run. A nil field is not set and
// takes the built-in default.
type WorkPolicy struct {
	// MaxAge dead-letters a message that is older than this instead of running
	// it. It is counted from when the task was first due, which is when it was
	// sent plus its delay, by the clocks of sender and worker, to the second.
	// Retries do not start it again: the wait before a retry, and a long stay
	// in the dead-letter queue, count too. Zero means no limit.
	// Defaults to no limit.
	MaxAge *time.Duration
	// Ack says when a delivery is acknowledged. Defaults to AckSync.
	Ack *AckMode
	// Timeout is the deadline of the handler's context. Zero means none.
	// Defaults to 10 minutes.
	Timeout *time.Duration
	// MaxRetries is how often a failed message is run again.
	// Defaults to 20.
	MaxRetries *int
	// MinBackoff is the shortest wait before a retry. Defaults to 15 seconds.
	MinBackoff *time.Duration
	// MaxBackoff is the wait that the growing backoff does not exceed.
	// Defaults to 168 hours.
	MaxBackoff *time.Duration
}

// AckMode says when a worker acknowledges a delivery. No mode can make an
// acknowledgement durable in AMQP 0-9-1, so handlers are idempotent.
type AckMode int

const (
	// AckSync acknowledges after the handler; the worker's slot takes its next
	// message only after the broker has accepted the acknowledgement.
	AckSync AckMode = iota
	// AckAsync acknowledges after the handler without waiting.
	AckAsync
	// AckNone acknowledges on receipt, before decoding: at most once.
	AckNone
)

// String returns the mode as an annotation writes it.
func (m AckMode) String() string {
	switch m {
	case AckSync:
		return "sync"
	case AckAsync:
		return "async"
	case AckNone:
		return "none"
	}
	return fmt.Sprintf("AckMode(%d)", int(m))
}
