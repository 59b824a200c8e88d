package actor

import (
	"slices"
	"sync"
	"time"
)

const (
	// finishedLimit is how many finished deliveries a queue's worker remembers:
	// more than a prefetch, which is all that can lose its acknowledgement at
	// once.
	finishedLimit = 4096
	// finishedAge is for how long. A broker may be away for that long and still
	// not make a task run twice.
	finishedAge = time.Hour
)

// finished remembers, for one queue, which deliveries run and which have
// succeeded, were retried or were dead-lettered. When their acknowledgement is
// lost with the connection, the broker delivers them again, and they are
// acknowledged without a second run. What is wrongly taken for finished would
// be lost, so a memory serves once, only what is marked redelivered, and only
// the very same message: see identity.
type finished struct {
	mu sync.Mutex
	// running is a ring of the runs under way. They are looked through only for
	// what is redelivered.
	running *run
	past    []pastRun // a ring once it has finishedLimit entries
	next    int       // index of the oldest entry of a full ring
}

// identity tells a message from every other: its ID alone does not, since a
// retry keeps it, a caller may give it to a second message, and somebody may
// put a dead letter back. All of these are sent at another time, as another
// attempt, or for another actor, as where one ID is that of an order and several
// tasks carry it; the legs of a long delay have less and less remaining.
type identity struct {
	sent      int64 // seconds
	attempt   int
	remaining time.Duration
	id, actor string
}

type pastRun struct {
	identity identity
	// returned is how often the broker had taken the message back by then.
	returned int
	at       time.Time
}

// identityOf returns the zero identity for a message that carries too little
// to be recognised.
func identityOf(d *Delivery) identity {
	if d.ID == "" || d.Sent.IsZero() {
		return identity{}
	}
	return identity{sent: d.Sent.Unix(), attempt: d.Attempt, remaining: d.Remaining, id: d.ID, actor: d.Actor}
}

// beginning is what is to be done with a delivery.
type beginning int

const (
	// start: run it.
	start beginning = iota
	// alreadyFinished: acknowledge it.
	alreadyFinished
	// stillRunning: nothing; the run under way, whose own delivery was lost,
	// settles this one instead.
	stillRunning
)

func (f *finished) begin(r *run) beginning {
	r.identity = identityOf(r.delivery)
	if r.identity == (identity{}) {
		return start
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if r.delivery.Redelivered {
		if f.recall(r) {
			return alreadyFinished
		}
		if same := f.lostRun(r.identity); same != nil {
			same.settlement = r.delivery.Settlement
			return stillRunning
		}
	}
	f.enter(r)
	return start
}

// lostRun returns the run under way of that message whose delivery was lost,
// nil if there is none.
func (f *finished) lostRun(same identity) *run {
	for r := f.running; r != nil; {
		if r.identity == same && isLost(r.settlement) {
			return r
		}
		if r = r.next; r == f.running {
			break
		}
	}
	return nil
}

func (f *finished) enter(r *run) {
	if f.running == nil {
		r.prev, r.next = r, r
		f.running = r
		return
	}
	r.prev, r.next = f.running.prev, f.running
	r.prev.next, r.next.prev = r, r
}

func (f *finished) forget(r *run) {
	switch {
	case r.next == nil: // it was not entered
	case r.next == r:
		f.running = nil
	default:
		r.prev.next, r.next.prev = r.next, r.prev
		if f.running == r {
			f.running = r.next
		}
	}
	r.prev, r.next = nil, nil
}

// recall says whether the delivery is remembered as finished, and forgets it.
func (f *finished) recall(r *run) bool {
	i := slices.IndexFunc(f.past, func(p pastRun) bool { return p.identity == r.identity })
	if i < 0 {
		return false
	}
	p := f.past[i]
	f.past[i] = pastRun{}
	return p.returned <= r.delivery.DeliveryCount && time.Since(p.at) < finishedAge
}

// finish remembers the run and returns what settles it. It comes before the
// acknowledgement, whose loss may be followed by the redelivery at once.
func (f *finished) finish(r *run) Settlement {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.forget(r)
	if r.identity == (identity{}) {
		return r.settlement
	}
	p := pastRun{identity: r.identity, returned: r.delivery.DeliveryCount, at: time.Now()}
	if len(f.past) < finishedLimit {
		f.past = append(f.past, p)
	} else {
		f.past[f.next] = p
		f.next = (f.next + 1) % finishedLimit
	}
	return r.settlement
}

// abandon ends a run that has not finished, and returns what settles it.
func (f *finished) abandon(r *run) Settlement {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.forget(r)
	return r.settlement
}

// abandonLost is abandon where the session of the run's delivery has ended and
// the broker has not delivered the message here again.
func (f *finished) abandonLost(r *run) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !isLost(r.settlement) {
		return false
	}
	f.forget(r)
	return true
}

// settlement returns what settles a run that has not finished.
func (f *finished) settlement(r *run) Settlement {
	f.mu.Lock()
	defer f.mu.Unlock()
	return r.settlement
}

func isLost(s Settlement) bool {
	select {
	case <-s.Lost():
		return true
	default:
		return false
	}
}
