package topology

import (
	"slices"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
)

// part is what an element is for, which decides what may be different about it.
type part int

const (
	// mainPart is an actor's queue.
	mainPart part = iota
	// limitedPart is an actor's queue that has a retry queue beside it.
	limitedPart
	retryPart
	deadPart
	// delayPart is everything that delayed messages pass, and lostPart the queue
	// for those that nobody takes.
	delayPart
	lostPart
)

func partOf(e layout.Element, w *Want) part {
	q, ok := e.(layout.Queue)
	if !ok {
		return delayPart
	}
	if q.Name == layout.Lost(w.Prefix) {
		return lostPart
	}
	i := slices.IndexFunc(w.Queues, func(a actor.Queue) bool {
		return slices.ContainsFunc(layout.Queues(&a), func(part layout.Queue) bool { return part.Name == q.Name })
	})
	if i < 0 {
		return delayPart
	}
	switch a := &w.Queues[i]; {
	case q.Name == a.DeadLetterName():
		return deadPart
	case a.HasRetryQueue() && q.Name == a.RetryName():
		return retryPart
	case a.HasRetryQueue():
		return limitedPart
	}
	return mainPart
}

// breaks says that a promise does not hold where the argument differs: a worker
// refuses such a queue, or delays are not what they ought to be.
func (p part) breaks(argument string) bool {
	return p == delayPart || p == lostPart || layout.LosesTasks(argument) || argument == "x-expires"
}

func (p part) advice() string {
	switch p {
	case delayPart, lostPart:
		return "arguments are fixed at the first declaration: wait until no delayed messages are left, delete it, and apply"
	case deadPart:
		return "arguments are fixed at the first declaration: empty and delete it, and apply; or annotate dead-letter-ttl as it is"
	}
	return "arguments are fixed at the first declaration: let workers empty it, delete it, and apply; or annotate what it is to keep"
}

// harm lists the keys of policies that break a promise. A policy's overflow
// counts more than the queue's own (RabbitMQ 3.10, measured).
func (p part) harm() []string {
	const (
		ttl      = "message-ttl"
		expires  = "expires"
		length   = "max-length"
		bytes    = "max-length-bytes"
		overflow = "overflow"
		deadKey  = "dead-letter-routing-key"
	)
	switch p {
	case delayPart: // messages must leave in time, all, and by their own key
		return []string{ttl, expires, length, bytes, overflow, deadKey}
	case lostPart:
		return []string{ttl, expires, length, bytes}
	case mainPart, retryPart: // the levels stall while one of these is full
		return []string{expires, length, bytes, overflow}
	case limitedPart:
		return []string{expires, overflow}
	}
	return []string{expires}
}
