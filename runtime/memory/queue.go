package memory

import (
	"container/heap"
	"fmt"
	"slices"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// queue is one queue of a broker, whose lock guards it.
type queue struct {
	broker      *Broker
	arguments   arguments
	deadLetters *queue // nil for a dead-letter queue

	ready     readyMessages
	consumers []*consumer
	turn      int // index of the consumer that is served next
}

// offer takes a message that was published, unless the queue is full and
// rejects.
func (q *queue) offer(m *message) bool {
	if q.arguments.overflow == actor.RejectPublish && q.full() {
		return false
	}
	q.take(m)
	return true
}

func (q *queue) full() bool {
	return q.arguments.maxLength > 0 && len(q.ready) >= q.arguments.maxLength
}

// take puts a message at the end of the queue without asking whether that is
// full: what the broker has confirmed already is never rejected, and a queue
// that it goes to has no limit, or drops its head.
func (q *queue) take(m *message) {
	q.broker.enqueued++
	m.number = q.broker.enqueued
	m.priority = min(max(m.content.Priority, 0), q.arguments.maxPriority)
	if q.arguments.ttl > 0 {
		m.expires = time.Now().Add(q.arguments.ttl)
		q.broker.at(m.expires, q.dropExpired)
	}
	heap.Push(&q.ready, m)
	q.dispatch()
	q.dropHead()
}

// restore puts a message that was delivered and not settled back in its place,
// or dead-letters it when that happened too often. The caller dispatches.
func (q *queue) restore(m *message) {
	m.returned++
	if limit := q.arguments.deliveryLimit; limit > 0 && m.returned > limit {
		q.deadLetter(m, fmt.Sprintf("delivered %d times and never acknowledged (x-delivery-limit %d)", m.returned, limit))
		return
	}
	heap.Push(&q.ready, m)
}

// dispatch delivers ready messages to the consumers in turn as long as one has
// room.
func (q *queue) dispatch() {
	q.dropExpired()
	for len(q.ready) > 0 {
		c := q.nextConsumer()
		if c == nil {
			return
		}
		c.deliver(heap.Pop(&q.ready).(*message))
	}
}

func (q *queue) nextConsumer() *consumer {
	for range q.consumers {
		c := q.consumers[q.turn%len(q.consumers)]
		q.turn = (q.turn + 1) % len(q.consumers)
		if c.hasRoom() {
			return c
		}
	}
	return nil
}

func (q *queue) subscribe(c *consumer) {
	q.consumers = append(q.consumers, c)
	q.dispatch()
}

func (q *queue) unsubscribe(c *consumer) {
	q.consumers = slices.DeleteFunc(q.consumers, func(other *consumer) bool { return other == c })
}

// dropHead dead-letters the oldest messages of a queue that is too long.
func (q *queue) dropHead() {
	if q.arguments.overflow != actor.DropHead || q.arguments.maxLength == 0 {
		return
	}
	for len(q.ready) > q.arguments.maxLength {
		q.deadLetter(heap.Pop(&q.ready).(*message), fmt.Sprintf("dropped by a full queue (x-max-length %d)", q.arguments.maxLength))
	}
}

// dropExpired removes the messages whose time to live is over. Only queues
// without priorities have one, so the first message expires first.
func (q *queue) dropExpired() {
	if q.arguments.ttl == 0 {
		return
	}
	now := time.Now()
	for len(q.ready) > 0 && !now.Before(q.ready[0].expires) {
		q.remove(heap.Pop(&q.ready).(*message))
	}
}

// deadLetter moves m, which has left the queue. Queues without a dead-letter
// queue have no limit by which a message could come here.
func (q *queue) deadLetter(m *message, reason string) {
	dead := m.dead(reason)
	q.broker.bytes += dead.size() - m.size()
	q.deadLetters.take(dead)
}

// remove forgets m, which has left the queue for good.
func (q *queue) remove(m *message) {
	q.broker.bytes -= m.size()
}

// readyMessages is a heap: the highest priority first, then the oldest.
type readyMessages []*message

func (r readyMessages) Len() int      { return len(r) }
func (r readyMessages) Swap(i, j int) { r[i], r[j] = r[j], r[i] }
func (r readyMessages) Less(i, j int) bool {
	if r[i].priority != r[j].priority {
		return r[i].priority > r[j].priority
	}
	return r[i].number < r[j].number
}

// Push and Pop are for package heap.
func (r *readyMessages) Push(m any) { *r = append(*r, m.(*message)) }
func (r *readyMessages) Pop() any {
	last := len(*r) - 1
	m := (*r)[last]
	(*r)[last] = nil
	*r = (*r)[:last]
	return m
}
