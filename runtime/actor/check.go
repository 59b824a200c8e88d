package actor

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// seal turns m into the envelope that the transport sends, or says why no
// broker should see it.
func (r *route) seal(e *Envelope, m *Message, prefix string) error {
	headers, reason := plainHeaders(m.Headers)
	if reason != "" {
		return &InvalidMessageError{Actor: m.Actor, Queue: r.queue.Name, Reason: reason}
	}
	priority := r.publish.priority
	if m.Priority != nil {
		priority = *m.Priority
	}
	*e = Envelope{
		ID:         m.ID,
		Actor:      m.Actor,
		Body:       m.Body,
		Headers:    headers,
		Queue:      &r.queue,
		Prefix:     prefix,
		Delay:      m.delay(),
		Priority:   priority,
		Confirm:    r.publish.confirm,
		Mandatory:  r.publish.mandatory,
		Persistent: r.publish.persistent,
		Timeout:    r.publish.timeout,
	}
	if e.Delay > 0 {
		e.FirstDue = time.Now().Add(e.Delay)
	}
	return e.Check(r.publish.maxDelay)
}

// delay returns how long m is to be held: not clamped, for a delay that makes
// no sense is refused.
func (m *Message) delay() time.Duration {
	if m.At.IsZero() {
		return m.Delay
	}
	// Until saturates, so that a time beyond every duration is too long.
	return max(0, time.Until(m.At))
}

// Check says why no broker should see the envelope: an *InvalidMessageError, a
// *DelayTooLongError where its delay exceeds maxDelay, or nil. Clients and
// transports call it before they touch the network, since one message that
// breaks the protocol would cost all others their connection. A copy that a
// worker sends is checked for less: its original came over the wire, perhaps
// from another program, and would come back for ever if it could not be sent
// on.
func (e *Envelope) Check(maxDelay time.Duration) error {
	if e.Delay > maxDelay {
		return &DelayTooLongError{Actor: e.Actor, Queue: e.queueName(), Delay: e.Delay, MaxDelay: maxDelay}
	}
	reason := e.flawOfRoute()
	if reason == "" && !e.IsCopy() {
		reason = e.flawOfContent()
	}
	if reason == "" {
		return nil
	}
	return &InvalidMessageError{Actor: e.Actor, Queue: e.queueName(), Reason: reason}
}

// queueName returns the name of the actor's queue: what no broker has seen is
// meant for that, whichever of the queues beside it would have taken it.
func (e *Envelope) queueName() string {
	if e.Queue == nil {
		return ""
	}
	return e.Queue.Name
}

// IsCopy says that the envelope carries a delivery on: a retry, a dead letter,
// or the next leg of a long delay.
func (e *Envelope) IsCopy() bool {
	return e.Attempt > 0 || e.Remaining > 0 || e.DeadLetter || e.ContentType != "" || !e.FirstSent.IsZero()
}

// flawOfRoute judges where the message goes and when.
func (e *Envelope) flawOfRoute() string {
	switch {
	case e.Delay < 0:
		return fmt.Sprintf("delay %s is negative", e.Delay)
	case e.Timeout <= 0:
		return fmt.Sprintf("timeout %s is not positive", e.Timeout)
	case !utf8.ValidString(e.Prefix):
		return fmt.Sprintf("the queue prefix %q is not UTF-8", e.Prefix)
	}
	return e.Queue.flaw()
}

// flawOfContent judges what a new message holds.
func (e *Envelope) flawOfContent() string {
	switch {
	case e.ID == "" || len(e.ID) > maxNameBytes:
		return fmt.Sprintf("the message ID has %d bytes, 1 to %d are allowed", len(e.ID), maxNameBytes)
	case len(e.Actor) > maxNameBytes:
		return fmt.Sprintf("the actor's name has %d bytes, %d are allowed", len(e.Actor), maxNameBytes)
	case len(e.Body) > maxBodyBytes:
		return fmt.Sprintf("the arguments take %d bytes, %d are allowed (store large data elsewhere and send its key)",
			len(e.Body), maxBodyBytes)
	case e.Priority < NoPriority || e.Priority > math.MaxUint8:
		return fmt.Sprintf("priority %d is not within 0 to 255", e.Priority)
	}
	return flawOfHeaders(e.Headers)
}

// Check says why a broker would not take the queue's name, or those of the
// queues beside it; nil if it would. RabbitMQ closes the whole connection over
// a name that is not UTF-8. A nil queue has no name.
func (q *Queue) Check() error {
	if flaw := q.flaw(); flaw != "" {
		return errors.New(flaw)
	}
	return nil
}

func (q *Queue) flaw() string {
	switch {
	case q == nil || q.Name == "":
		return "no queue is named"
	case len(q.Name)+longestSuffix > maxNameBytes:
		return fmt.Sprintf("the queue's name with its prefix and %q has %d bytes, %d are allowed",
			DeadLetterSuffix, len(q.Name)+longestSuffix, maxNameBytes)
	case !utf8.ValidString(q.Name):
		return fmt.Sprintf("the queue's name %q is not UTF-8", q.Name)
	}
	return ""
}

const longestSuffix = max(len(DeadLetterSuffix), len(RetrySuffix))

// shorten returns text cut to at most n bytes, at a rune's start.
func shorten(text string, n int) string {
	if len(text) <= n {
		return text
	}
	const ellipsis = "…"
	return strings.ToValidUTF8(text[:n-len(ellipsis)], "") + ellipsis
}
