package actor

import (
	"maps"
	"slices"
)

// QueueLoad is how busy a worker is with one queue.
type QueueLoad struct {
	// Queue is its name on the broker.
	Queue string
	// Busy is how many messages have been begun and not settled yet. One more is
	// counted while it waits for a slot that other queues hold.
	Busy int
	// Slots is how many messages of the queue run at a time at most.
	Slots int
	// Prefetch is how many deliveries the worker takes in advance at present, from
	// the queue and from its retry queue each.
	Prefetch int
}

// Load returns the load of each queue, sorted by name; nil unless Run is under
// way. It may be called concurrently and does not block.
func (w *Worker) Load() []QueueLoad {
	s := w.shift.Load()
	if s == nil {
		return nil
	}
	var loads []QueueLoad
	for _, q := range s.queues {
		if q.retries {
			continue // its workplace is that of the queue
		}
		loads = append(loads, QueueLoad{
			Queue: q.queue.Name, Busy: len(q.places), Slots: cap(q.places), Prefetch: q.prefetch.current(),
		})
	}
	return loads
}

// current returns the size.
func (p *prefetch) current() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.size
}

// WorkedQueue is a queue that a worker works on.
type WorkedQueue struct {
	// Queue has its name on the broker.
	Queue
	// Actors are those that the worker runs from it, sorted by name.
	Actors []*Definition
}

// Queues returns the queues that the worker works on, or will, sorted by name;
// none where Run refuses its tables. It may be called concurrently.
func (w *Worker) Queues() []WorkedQueue {
	p, err := newPlan(w.tables, w.config.Broker, w.config.Queues, &w.client.config)
	if err != nil {
		return nil
	}
	var worked []WorkedQueue
	for _, q := range p.queues {
		actors := make([]*Definition, 0, len(q.actors))
		for _, name := range slices.Sorted(maps.Keys(q.actors)) {
			actors = append(actors, q.actors[name].entry.Definition)
		}
		worked = append(worked, WorkedQueue{Queue: q.queue, Actors: actors})
	}
	return worked
}
