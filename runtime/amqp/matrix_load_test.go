package amqp

import (
	"context"
	"math"
	"math/rand/v2"
	"time"
)

// sender is a way to send, used by several goroutines at once.
type sender struct {
	name  string
	count int // of goroutines
	// batch is the number of messages of a call; 0 sends one at a time.
	batch   int
	timeout time.Duration // of each message
	// ends is when the context ends; zero is never. It runs into its deadline
	// or, where cancels is set, is cancelled: after that time, or, for a hasty
	// one, at a random moment before.
	ends        time.Duration
	cancels     bool
	hasty       bool
	delay       time.Duration
	unconfirmed bool
	// free says that it may be told whatever is true, at any time.
	free bool
}

const (
	// brief ends while a fault lasts, covering outlives it. A node that starts
	// takes a minute where others start beside it.
	brief    = 600 * time.Millisecond
	covering = 3 * time.Minute
	// heldFor is the delay of delayed messages.
	heldFor = 500 * time.Millisecond
	// maxHeld keeps the number of levels small.
	maxHeld = time.Second
)

// mixture is the load under which the faults strike: 48 senders of one message
// and 5 of batches, some with time to wait for the end of the fault and some
// without. The long batches do not fit the window.
func mixture() []*sender {
	return []*sender{
		{name: "patient", count: 16, timeout: covering},
		{name: "brief", count: 8, timeout: brief},
		{name: "with a deadline", count: 6, timeout: covering, ends: brief / 2},
		{name: "cancelled", count: 6, timeout: covering, ends: brief / 2, cancels: true},
		{name: "patient batch", count: 2, batch: 200, timeout: covering},
		{name: "brief batch", count: 1, batch: 600, timeout: brief},
		{name: "batch with a deadline", count: 1, batch: 600, timeout: covering, ends: brief},
		{name: "cancelled batch", count: 1, batch: 100, timeout: covering, ends: brief / 2, cancels: true},
		{name: "patient delayed", count: 4, timeout: covering, delay: heldFor},
		{name: "brief delayed", count: 4, timeout: brief, delay: heldFor},
		{name: "brief unconfirmed", count: 4, timeout: brief, unconfirmed: true},
	}
}

// patients is a load of 64 senders and two of batches that all have time.
func patients() []*sender {
	return []*sender{
		{name: "patient", count: 56, timeout: covering},
		{name: "patient delayed", count: 8, timeout: covering, delay: heldFor},
		{name: "patient batch", count: 2, batch: 300, timeout: covering},
	}
}

// quitters is a load of 64 senders that give up at any moment, most of them
// while their message is being written.
func quitters() []*sender {
	const soon = 4 * time.Second // a loaded machine needs most of it
	return []*sender{
		{name: "hasty", count: 48, timeout: covering, ends: soon, cancels: true, hasty: true},
		{name: "hasty batch", count: 8, batch: 20, timeout: covering, ends: soon, cancels: true, hasty: true},
		{name: "hasty delayed", count: 4, timeout: covering, ends: soon, cancels: true, hasty: true, delay: heldFor},
		{name: "hasty unconfirmed", count: 4, timeout: covering, ends: soon, cancels: true, hasty: true, unconfirmed: true},
	}
}

// patient says that the sender's time outlasts every fault, so that nothing but
// success is good enough.
func (s *sender) patient() bool { return s.timeout == covering && s.ends == 0 }

// limit draws when a call has to return. The time of a message of a batch
// begins when there is room for it, so a batch takes longer: as long as it gets
// messages across, and a few times its timeout where it does not.
func (s *sender) limit() time.Duration {
	switch {
	case s.hasty: // as likely after some microseconds as after some seconds
		return time.Duration(float64(time.Microsecond) * math.Pow(float64(s.ends/time.Microsecond), rand.Float64()))
	case s.ends > 0:
		return s.ends
	case s.batch > 0:
		return 3 * s.timeout
	}
	return s.timeout
}

// pause lies between the calls of one goroutine: the load is to be steady, and
// to leave the machine some room.
func (s *sender) pause() time.Duration {
	switch {
	case s.hasty:
		return 10 * time.Millisecond
	case s.batch > 0:
		return time.Duration(s.batch) * 2 * time.Millisecond
	}
	return 25 * time.Millisecond
}

// context returns the context of one call.
func (s *sender) context(limit time.Duration) (context.Context, context.CancelFunc) {
	switch {
	case s.cancels:
		ctx, cancel := context.WithCancel(context.Background())
		timer := time.AfterFunc(limit, cancel)
		return ctx, func() { timer.Stop(); cancel() }
	case s.ends > 0:
		return context.WithTimeout(context.Background(), limit)
	}
	return context.Background(), func() {}
}
