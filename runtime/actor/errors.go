package actor

import (
	"errors"
	"fmt"
	"time"
)

// The outcomes of a send that did not succeed, found with errors.Is inside a
// [*PublishError]. There is always exactly one.
var (
	// ErrUnroutable: the broker returned the message because no queue takes
	// it, or was asked first and has no such queue or delay level. It is not
	// queued: sending it again cannot run the task twice, but needs the queue.
	ErrUnroutable = errors.New("no queue takes the message")
	// ErrNacked: the broker refused the message. It is not queued where a full
	// queue rejects it, or where the broker closed the channel because of it
	// (forbidden, or larger than the broker allows; the cause says so). After
	// a queue's failover it may be queued all the same, and the broker does
	// not tell which it was, so this is not safe to retry.
	ErrNacked = errors.New("refused by the broker")
	// ErrOutcomeUnknown: the message was handed to the connection and nothing
	// was heard of it. It may be queued, now or a little later; sending it
	// again may run the task twice. With the same ID ([MessageID]) the two can
	// be told to be one.
	ErrOutcomeUnknown = errors.New("outcome unknown")
	// ErrNotSent: the message was never written. It is not queued and safe to
	// send again.
	ErrNotSent = errors.New("not sent")
)

// The causes of an outcome, found with errors.Is beside it. Other causes are
// the error of a context that ended, and what the broker or the checks of a
// transport said.
var (
	// ErrConfirmTimeout: the confirm timeout ran out. With ErrOutcomeUnknown
	// the broker was silent; with ErrNotSent the message waited for its turn.
	ErrConfirmTimeout = errors.New("confirm timeout exceeded")
	// ErrConnectionLost: the connection to the broker is, or went, down.
	ErrConnectionLost = errors.New("connection to the broker lost")
	// ErrBlocked: the broker takes no messages (memory or disk alarm).
	ErrBlocked = errors.New("broker blocks publishers (memory or disk alarm)")
	// ErrClosed: the transport was closed.
	ErrClosed = errors.New("transport closed")
)

// PublishError reports a message that was not confirmed. It unwraps to its
// outcome and its cause.
type PublishError struct {
	Actor     string
	Queue     string
	MessageID string
	// Outcome is ErrUnroutable, ErrNacked, ErrOutcomeUnknown or ErrNotSent.
	Outcome error
	// Cause says why; it may be nil.
	Cause error
}

func (e *PublishError) Error() string {
	text := fmt.Sprintf("send %s to queue %q: %v", e.Actor, e.Queue, e.Outcome)
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

// Unwrap returns the outcome and, if there is one, the cause.
func (e *PublishError) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Outcome}
	}
	return []error{e.Outcome, e.Cause}
}

// SafeToRetry reports whether it is certain that the broker does not hold the
// message, so that sending it again cannot run its task twice: true for
// ErrNotSent and ErrUnroutable. It says nothing about whether that would
// succeed.
func (e *PublishError) SafeToRetry() bool {
	return errors.Is(e.Outcome, ErrNotSent) || errors.Is(e.Outcome, ErrUnroutable)
}

// BatchError reports a batch of which at least one message failed.
type BatchError struct {
	// Errors is parallel to the messages of the batch; nil where a message
	// was confirmed.
	Errors []error
}

func (e *BatchError) Error() string {
	failed, first := 0, error(nil)
	for _, err := range e.Errors {
		if err == nil {
			continue
		}
		failed++
		if first == nil {
			first = err
		}
	}
	return fmt.Sprintf("%d of %d messages failed, the first: %v", failed, len(e.Errors), first)
}

// Unwrap returns the errors of the messages that failed.
func (e *BatchError) Unwrap() []error {
	failed := make([]error, 0, len(e.Errors))
	for _, err := range e.Errors {
		if err != nil {
			failed = append(failed, err)
		}
	}
	return failed
}

// DelayTooLongError reports a delay above the limit. The network was not
// touched.
type DelayTooLongError struct {
	Actor    string
	Queue    string
	Delay    time.Duration
	MaxDelay time.Duration
}

func (e *DelayTooLongError) Error() string {
	return fmt.Sprintf("send %s to queue %q: delay %s exceeds the limit %s (use a scheduler, or raise max-delay)",
		e.Actor, e.Queue, e.Delay, e.MaxDelay)
}

// InvalidMessageError reports a message that no broker should see: an invalid
// delay, header, name or priority, or a body that is too large. The network
// was not touched.
type InvalidMessageError struct {
	Actor string
	Queue string
	// Reason says what is wrong and what is allowed.
	Reason string
}

func (e *InvalidMessageError) Error() string {
	if e.Actor == "" {
		return "send: " + e.Reason
	}
	return fmt.Sprintf("send %s to queue %q: %s", e.Actor, e.Queue, e.Reason)
}

// NoClientError reports a send for which there is no client.
type NoClientError struct {
	Actor  string
	Broker string
}

func (e *NoClientError) Error() string {
	register := fmt.Sprintf("actor.SetBroker(%q, client)", e.Broker)
	if e.Broker == DefaultName {
		register = "actor.SetDefault(client)"
	}
	return fmt.Sprintf("send %s: no client for broker %q (call %s at start, or use Via or actor.NewContext)",
		e.Actor, e.Broker, register)
}
