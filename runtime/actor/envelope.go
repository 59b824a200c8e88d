package actor

import "time"

// Envelope is a message as the client hands it to a transport: every policy
// applied, every name resolved, everything checked that can be checked before
// the network is touched. The worker uses the same envelope for retries and
// dead letters.
type Envelope struct {
	ID    string
	Actor string
	Body  []byte
	// ContentType is the body's; empty means ContentType, but for a dead
	// letter, which keeps the one that it arrived with, or none.
	ContentType string
	// Headers are the user's, checked. They must not be changed.
	Headers map[string]any

	// Queue is the actor's queue, its name with the client's prefix.
	// Destination says whether the message goes there or to one beside it.
	Queue *Queue
	// DeadLetter sends to the queue's dead-letter queue instead.
	DeadLetter bool
	// Prefix is the client's queue prefix; delays are held apart for each.
	Prefix string

	// Delay is how long the broker holds the message: never negative and
	// never above the transport's MaxDelay.
	Delay time.Duration
	// Remaining is what is left of a delay that does not fit MaxDelay. The
	// worker that receives the message sends it on instead of running it.
	Remaining time.Duration

	// Priority is 0 to 255, or NoPriority.
	Priority   int
	Confirm    bool
	Mandatory  bool
	Persistent bool
	// Timeout bounds the send of this message, counted from the moment the
	// transport takes it up: at once for one message, when it enters the
	// window for those of a batch. Always positive.
	Timeout time.Duration

	// Attempt is how many runs have failed before; zero for a new message.
	Attempt int
	// FirstSent is when the task was first sent; zero for a new message.
	FirstSent time.Time
	// FirstDue is when the task was first due, where that is not when it was
	// sent; zero for a message without a delay.
	FirstDue time.Time
	// Failure is why the last run failed; empty for a new message.
	Failure string
	// FailedAt is when it failed; zero for a new message.
	FailedAt time.Time

	// Deadline is when the caller of a call stops to wait for the reply; zero
	// for never, and for a message that is sent.
	Deadline time.Time
}

// Destination returns the name of the queue on the broker that the envelope is
// for, empty where it has none.
func (e *Envelope) Destination() string {
	switch {
	case e.Queue == nil:
		return ""
	case e.DeadLetter:
		return e.Queue.DeadLetterName()
	case e.IsForRetryQueue():
		return e.Queue.RetryName()
	}
	return e.Queue.Name
}

// IsForRetryQueue reports whether the envelope is for the retry queue of its
// queue, which takes what is delayed and what has failed before.
func (e *Envelope) IsForRetryQueue() bool {
	return (e.Delay > 0 || e.Remaining > 0 || e.Attempt > 0) && !e.DeadLetter && e.Queue != nil && e.Queue.HasRetryQueue()
}

// Fail returns the error for this envelope: outcome is one of the outcome
// sentinels (ErrUnroutable, ErrNacked, ErrOutcomeUnknown, ErrNotSent), cause
// says why and may be nil.
func (e *Envelope) Fail(outcome, cause error) *PublishError {
	return &PublishError{Actor: e.Actor, Queue: e.Destination(), MessageID: e.ID, Outcome: outcome, Cause: cause}
}
