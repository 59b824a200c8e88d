package actor

import "time"

// Queue describes a queue. A broker freezes most of it when it first declares
// the queue, so it is part of the wire contract. The zero value of each field
// but Name is its default.
type Queue struct {
	Name string
	// Type defaults to Quorum.
	Type QueueType
	// MaxPriority is the number of priorities of a classic queue.
	// Defaults to none.
	MaxPriority int
	// MaxLength is the number of ready messages the queue takes; those that
	// wait in its retry queue are not counted. Defaults to no limit.
	MaxLength int
	// Overflow is what a full queue does. Defaults to RejectPublish.
	Overflow Overflow
	// DeliveryLimit is how often the broker delivers a message that is never
	// acknowledged before it dead-letters it (quorum only). Defaults to 20.
	DeliveryLimit int
	// DeadLetterTTL is how long dead letters are kept. Defaults to for ever.
	DeadLetterTTL time.Duration
	// Prefetch is how many deliveries a worker takes in advance, from the queue
	// and from its retry queue each.
	// Defaults to a number that follows the worker's slots.
	Prefetch int
	// Concurrency is how many messages of this queue one worker runs at a
	// time. Defaults to the worker's concurrency.
	Concurrency int
}

// QueueType is RabbitMQ's x-queue-type.
type QueueType string

// The queue types. The empty type means Quorum.
const (
	Quorum  QueueType = "quorum"
	Classic QueueType = "classic"
)

// Overflow is RabbitMQ's x-overflow.
type Overflow string

// The overflow behaviours. The empty one means RejectPublish.
const (
	RejectPublish Overflow = "reject-publish"
	DropHead      Overflow = "drop-head"
)

// DefaultDeliveryLimit is the delivery limit of a queue that names none.
const DefaultDeliveryLimit = 20

// Suffixes are appended to a queue's name to name the queues beside it.
const (
	DeadLetterSuffix = ".XQ"
	RetrySuffix      = ".RQ"
)

// DeadLetterName returns the name of the queue that holds q's dead letters.
func (q *Queue) DeadLetterName() string { return q.Name + DeadLetterSuffix }

// HasRetryQueue reports whether q has a retry queue beside it, which has no
// limit and takes q's delayed messages and its retries: a queue does that
// refuses messages when it is full. What a delay has led to such a queue would
// hold up everybody's delays until there is room, and a retry would keep the
// message that it replaces.
func (q *Queue) HasRetryQueue() bool { return q.MaxLength > 0 && q.Overflow != DropHead }

// RetryName returns the name of q's retry queue, where it has one.
func (q *Queue) RetryName() string { return q.Name + RetrySuffix }
