package actor

import (
	"context"
	"fmt"
	"time"
)

// Transport carries messages to and from a broker. Package amqp implements it
// for RabbitMQ, package memory within one process; package transporttest holds
// the suite that every implementation passes. All methods may be called
// concurrently.
type Transport interface {
	// Publish sends a batch and blocks until the outcome of every message is
	// known, which takes no longer than the envelope's Timeout for each and
	// ends early when ctx does. It returns nil when all were confirmed, else
	// one error for each envelope, in order, nil where it was confirmed; each
	// is a *PublishError. What Envelope.Check refuses is ErrNotSent with that
	// error as its cause. A queue that does not exist is declared first, with
	// those beside it, where the transport may. A message arrives in the queue
	// that Envelope.Destination names, however long it was delayed; only that
	// queue may refuse it, and no message holds up one for another queue.
	// Publish does not keep batch or change it; it may keep the bodies and
	// headers, which the caller must not change.
	Publish(ctx context.Context, batch []Envelope) []error

	// Consume subscribes to a queue, which it declares with those beside it
	// where the transport may. What Subscription.Check refuses is an error. It
	// waits for the first subscription until ctx ends. From then on
	// the consumer lives through lost connections until it is closed.
	Consume(ctx context.Context, s Subscription) (Consumer, error)

	// Call sends a request and blocks until its reply has come or ctx ends.
	// The request is confirmed and mandatory. Where Publish would fail, so does
	// Call, with the same *PublishError. Once the request was written, the end
	// of ctx is ErrOutcomeUnknown with ctx's error, and the end of the channel
	// on which the reply would come is, at once, ErrOutcomeUnknown with
	// ErrReplyLost. A reply is matched by the message ID; while a call waits,
	// another one with its ID is ErrNotSent with ErrCallUnderWay. Replies that
	// nobody waits for are dropped. Call does not keep e, which has no delay.
	Call(ctx context.Context, e *Envelope) (*Reply, error)

	// Reply sends the reply to a delivery, whose ReplyTo is to. It returns nil
	// when the broker has taken it, whether or not somebody still waits for
	// it, and an error when that is not known at the end of ctx, or will not
	// be. It does not keep r, but may keep its body.
	Reply(ctx context.Context, to string, r *Reply) error

	// MaxDelay is the longest delay that the broker holds in one piece.
	MaxDelay() time.Duration

	// Close ends publishing and every consumer, and waits for the transport's
	// goroutines. It may be called more than once.
	Close() error
}

// Subscription says what a consumer receives.
type Subscription struct {
	// Queue is the queue, its name with the client's prefix.
	Queue *Queue
	// DeadLetter subscribes to the queue's dead-letter queue instead.
	DeadLetter bool
	// Retries subscribes to the queue's retry queue instead; a worker has a
	// consumer for each of the two. See Queue.HasRetryQueue.
	Retries bool
	// Prefix is the client's queue prefix, for the queue's delays.
	Prefix string
	// Prefetch is how many unsettled deliveries the consumer holds at first.
	// Always positive.
	Prefetch int
	// MaxWait is how long a delivery may wait for Receive; after that it is
	// handed back, unless that has happened to it often. It matters where the
	// broker takes back what is unsettled for too long. Zero means for ever.
	MaxWait time.Duration
}

// Source returns the name of the queue on the broker that is subscribed to.
func (s *Subscription) Source() string {
	switch {
	case s.DeadLetter:
		return s.Queue.DeadLetterName()
	case s.Retries:
		return s.Queue.RetryName()
	}
	return s.Queue.Name
}

// Check says why no broker can be asked for the subscription; nil if one can.
func (s *Subscription) Check() error {
	if err := s.Queue.Check(); err != nil {
		return err
	}
	if s.Retries && (s.DeadLetter || !s.Queue.HasRetryQueue()) {
		return fmt.Errorf("queue %q has no retry queue (a limited one has that refuses when it is full)", s.Queue.Name)
	}
	return nil
}

// Consumer receives the deliveries of one subscription.
type Consumer interface {
	// Receive blocks for the next delivery. It returns the error of ctx when
	// that ends first, and ErrClosed once the consumer was stopped and all
	// that it had received was returned or handed back.
	Receive(ctx context.Context) (*Delivery, error)

	// SetPrefetch changes how many unsettled deliveries the consumer holds.
	// Those beyond that Receive has not returned are handed back, unless that
	// has happened to them before. It does not wait for the broker.
	SetPrefetch(n int)

	// Stop ends the subscription and hands deliveries that Receive has not
	// returned back to the broker. Those it has returned can still be settled.
	Stop(ctx context.Context) error

	// Close stops, waits for the acknowledgements under way until ctx ends,
	// and hands everything back that was not settled.
	Close(ctx context.Context) error
}

// ReadyConsumer is a [Consumer] that can be asked without waiting. A worker whose
// handlers are quick then receives many deliveries at the cost of one.
type ReadyConsumer interface {
	Consumer

	// Ready returns what Receive would return at once, unless that has a Hold;
	// else nil.
	Ready() *Delivery
}

// Delivery is a message as a consumer received it. Foreign messages arrive
// too, so nothing in it can be relied on: Actor and ContentType may be empty,
// Body may hold anything.
type Delivery struct {
	ID          string
	Actor       string
	ContentType string
	Body        []byte
	Headers     map[string]any
	// Priority is 0 to 255, or NoPriority.
	Priority int

	// Sent is the time in the message's properties; zero when it has none.
	Sent time.Time
	// Hold is how long the message must still be held before it is due, at
	// most 250 ms; the broker's delays end on the step below.
	Hold time.Duration
	// Remaining, Attempt, FirstSent, FirstDue, Failure and FailedAt are those
	// of the envelope.
	Remaining time.Duration
	Attempt   int
	FirstSent time.Time
	FirstDue  time.Time
	Failure   string
	FailedAt  time.Time

	// ReplyTo is where the reply to a call goes; empty for a message that was
	// sent, and for one of another program that wants its reply elsewhere.
	ReplyTo string
	// Deadline is the envelope's.
	Deadline time.Time

	// Arrived is when the consumer got it; zero where that is not known.
	Arrived time.Time
	// Redelivered says that the broker has delivered the message before.
	Redelivered bool
	// DeliveryCount is how often it was delivered and not settled before;
	// zero where the broker does not count.
	DeliveryCount int

	Settlement Settlement
}

// Settlement ends one delivery. It belongs to the session with the broker that
// made the delivery: when that is gone, so is the delivery, and the broker
// will deliver the message again. The methods may be called concurrently; the
// first call settles, later ones have no effect.
type Settlement interface {
	// Ack tells the broker that the message is done. With wait it returns when
	// the broker has accepted the acknowledgement, without it at once. It
	// returns ErrConnectionLost, and sends nothing, when the session is gone.
	Ack(wait bool) error

	// Requeue hands the message back to the broker without waiting.
	Requeue()

	// SetAside says that the message will be settled much later, since a copy
	// of it cannot be published: from now on it is not counted against the
	// prefetch, so that the consumer goes on. It does not block.
	SetAside()

	// Lost is closed when the session that made the delivery has ended.
	Lost() <-chan struct{}
}

// ContentType is the content type of every message that a client sends.
const ContentType = "application/msgpack"
