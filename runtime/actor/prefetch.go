package actor

import (
	"cmp"
	"sync"
	"time"
)

// prefetch follows the duration of a queue's handlers: it starts at the number
// of messages that run at a time and grows only as far as what it holds beyond
// them is done within queuedWork, so that long handlers leave messages to other
// workers and never hold one for as long as the broker's consumer timeout. A
// configured prefetch is taken as it is where that cannot happen.
type prefetch struct {
	configured int // zero if it is not
	places     int
	// consumers are all that hold messages for the same places. Each may hold
	// as many: the others may have none.
	consumers []Consumer

	mu   sync.Mutex
	size int
	mean time.Duration // of the handlers' durations, moving
}

const (
	queuedWork  = time.Second
	maxPrefetch = 2000 // where RabbitMQ caps that of a quorum queue
)

// maxUnstarted is how long a delivery may wait for a slot before it goes back
// to the broker: with the longest handler, of 25 minutes, it stays under the
// broker's consumer timeout of 30.
const maxUnstarted = 5 * time.Minute

func newPrefetch(q *Queue, configured, places int) *prefetch {
	configured = cmp.Or(q.Prefetch, configured)
	return &prefetch{configured: configured, places: places, size: cmp.Or(configured, places)}
}

// observe takes in the duration of a run and tells the consumers of a new size.
func (p *prefetch) observe(took time.Duration) {
	if size, changed := p.follow(took); changed {
		p.set(size)
	}
}

func (p *prefetch) set(size int) {
	for _, c := range p.consumers {
		c.SetPrefetch(size)
	}
}

// follow returns the size after one more run, and whether it is worth a round
// trip: it has changed by half or more, or is the configured one again.
func (p *prefetch) follow(took time.Duration) (size int, changed bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.mean == 0 {
		p.mean = took
	}
	p.mean += (took - p.mean) / 16
	size = p.within(queuedWork, max(maxPrefetch, p.places))
	if p.configured > 0 {
		size = p.within(maxUnstarted/2, p.configured)
	}
	if size < p.size*3/2 && size > p.size/2 && (size != p.configured || size == p.size) {
		return p.size, false
	}
	p.size = size
	return size, true
}

// within returns how many deliveries can be held so that the last of them is
// begun after the given time, at most limit.
func (p *prefetch) within(d time.Duration, limit int) int {
	return min(p.places+int(d*time.Duration(p.places)/max(p.mean, time.Microsecond)), limit)
}

// retreat goes down to one, until the next run has ended.
func (p *prefetch) retreat() {
	p.mu.Lock()
	changed := p.size != 1
	p.size = 1
	p.mu.Unlock()
	if changed {
		p.set(1)
	}
}
