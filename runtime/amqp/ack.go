package amqp

import (
	"sync"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

const (
	// ackFlush is how long acknowledgements that nobody waits for gather.
	ackFlush = 2 * time.Millisecond
	// ackCount is how many of them are sent without waiting longer.
	ackCount = 64
	// ackStraggler is how long an acknowledgement waits for the deliveries
	// before it, to be part of one that names them all.
	ackStraggler = 50 * time.Millisecond
)

// mark is what has become of a delivery.
type mark uint8

const (
	unsettled mark = iota
	acked          // to be acknowledged
	requeued       // to be handed back
	sent           // the broker was told
)

// ledger knows what the broker has still to be told of a channel's deliveries.
// Their tags count from 1. It is guarded by its mutex and touches no network.
type ledger struct {
	mu sync.Mutex
	// base is the tag before marks[0]; all up to it are sent.
	base  uint64
	marks []mark
	// low is an index of marks before which none is acked or requeued.
	low int
	// acks counts the marks that are acked, nacks those that are requeued.
	acks, nacks int
	// gathered counts the acknowledgements since the last flush, of which some
	// may have been left.
	gathered int
	// since is when the first of the acks was marked.
	since time.Time
	// barrier is what the callers that wait for acceptance wait for.
	barrier *barrier
	closed  bool
}

// barrier is shared by all who wait for one flush.
type barrier struct {
	done chan struct{} // closed when err is final
	err  error
}

// settle marks a delivery. With wait it returns the barrier of the next flush.
// It fails when the channel has ended: the broker will deliver again.
func (l *ledger) settle(tag uint64, m mark, wait bool) (b *barrier, urgent bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || tag <= l.base {
		return nil, false, actor.ErrConnectionLost
	}
	for uint64(len(l.marks)) < tag-l.base {
		l.marks = append(l.marks, unsettled)
	}
	l.marks[tag-l.base-1] = m
	l.low = min(l.low, int(tag-l.base-1))
	if m == requeued {
		l.nacks++
		return nil, true, nil
	}
	if l.acks++; l.acks == 1 {
		l.since = time.Now()
	}
	if wait {
		if l.barrier == nil {
			l.barrier = &barrier{done: make(chan struct{})}
		}
		return l.barrier, true, nil
	}
	l.gathered++
	closesGap := tag == l.base+1 && l.acks > ackCount
	return nil, l.acks == 1 || l.gathered == ackCount || closesGap, nil
}

// due says when a flush is due: now, later (not before wait has passed), or
// not at all.
func (l *ledger) due(now time.Time) (pending bool, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.barrier != nil || l.nacks > 0 || l.acks >= ackCount:
		return true, 0
	case l.acks > 0:
		return true, max(0, ackFlush-now.Sub(l.since))
	}
	return false, 0
}

// size returns how many deliveries the broker has still to be told of.
func (l *ledger) size() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.acks + l.nacks
}

// flush is what goes out in one go.
type flush struct {
	nacks []uint64
	// upTo, unless zero, acknowledges everything up to it. It is a tag that
	// the broker does not know as settled: naming another closes the channel.
	upTo    uint64
	singles []uint64
	barrier *barrier
}

// take returns what is to be sent and marks it sent. Requeued deliveries go
// out before upTo, which would acknowledge them otherwise. all sends also the
// acknowledgements that could wait for those before them.
func (l *ledger) take(all bool) flush {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := flush{barrier: l.barrier}
	all = all || l.barrier != nil || time.Since(l.since) >= ackStraggler
	l.barrier, l.gathered = nil, 0
	prefix := 0 // marks before it are all settled
	for prefix < len(l.marks) && l.marks[prefix] != unsettled {
		switch l.marks[prefix] {
		case acked:
			f.upTo = l.base + uint64(prefix) + 1
			l.acks--
		case requeued:
			f.nacks = append(f.nacks, l.base+uint64(prefix)+1)
			l.nacks--
		}
		prefix++
	}
	i, low := max(prefix, l.low), len(l.marks)
	for ; i < len(l.marks) && (l.nacks > 0 || all && l.acks > 0); i++ {
		tag := l.base + uint64(i) + 1
		switch {
		case l.marks[i] == requeued:
			f.nacks = append(f.nacks, tag)
			l.marks[i] = sent
			l.nacks--
		case l.marks[i] == acked && all:
			f.singles = append(f.singles, tag)
			l.marks[i] = sent
			l.acks--
		case l.marks[i] == acked:
			low = min(low, i)
		}
	}
	l.low = min(low, i) - prefix
	if prefix > 0 {
		l.base += uint64(prefix)
		l.marks = append(l.marks[:0], l.marks[prefix:]...)
	}
	return f
}

// requeueRest hands back every delivery up to last that was not settled, in
// order: the end of the channel would do so too, but in no certain order.
func (l *ledger) requeueRest(last uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.base+uint64(len(l.marks)) < last {
		l.marks = append(l.marks, unsettled)
	}
	for i, m := range l.marks {
		if m == unsettled {
			l.marks[i] = requeued
			l.nacks++
		}
	}
	l.low = 0
}

// close ends the ledger: whoever waits, or settles from now on, learns that the
// session is gone. It returns how many acknowledgements were not sent.
func (l *ledger) close() (unsent int) {
	l.mu.Lock()
	l.closed = true
	unsent, l.acks = l.acks, 0
	b := l.barrier
	l.barrier = nil
	l.mu.Unlock()
	if b != nil {
		b.release(actor.ErrConnectionLost)
	}
	return unsent
}

func (b *barrier) release(err error) {
	b.err = err
	close(b.done)
}
