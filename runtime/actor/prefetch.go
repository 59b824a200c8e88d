package actor

import (
	"sync"
	"time"
)

// prefetch follows the duration of a queue's handlers: it starts at the number
// of messages that run at a time and grows only as far as what it holds beyond
// them is done within queuedWork, so that long handlers leave messages to other
// workers and never hold one for as long as the broker's consumer timeout.
type prefetch struct {
	fixed  bool
	places int

	mu   sync.Mutex
	size int
	mean time.Duration // of the handlers' durations, moving
}

const (
	queuedWork  = time.Second
	maxPrefetch = 1000 // RabbitMQ caps a quorum queue's at 2,000
)

func newPrefetch(q *Queue, configured, places int) *prefetch {
	switch {
	case q.Prefetch > 0:
		return &prefetch{fixed: true, size: q.Prefetch}
	case configured > 0:
		return &prefetch{fixed: true, size: configured}
	}
	return &prefetch{size: places, places: places}
}

// observe takes in the duration of a run and tells the consumer of a new size.
func (p *prefetch) observe(took time.Duration, c Consumer) {
	if p.fixed {
		return
	}
	if size, changed := p.follow(took); changed {
		c.SetPrefetch(size)
	}
}

// follow returns the size after one more run, and whether it is worth a round
// trip: it has changed by half or more.
func (p *prefetch) follow(took time.Duration) (size int, changed bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.mean == 0 {
		p.mean = took
	}
	p.mean += (took - p.mean) / 16
	queued := int(queuedWork * time.Duration(p.places) / max(p.mean, time.Microsecond))
	size = min(p.places+queued, max(maxPrefetch, p.places))
	if size < p.size*3/2 && size > p.size/2 {
		return p.size, false
	}
	p.size = size
	return size, true
}
