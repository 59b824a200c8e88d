package actor

import (
	"log/slog"
	"time"
)

// turn is for how long a slot stays with the queue of the delivery that it was
// passed, and takes further ones itself: to be passed one costs more than a
// quick handler does. After it the slot is there for all queues again, so that
// a flooded one does not starve a quiet one.
const turn = 10 * time.Millisecond

// slot runs what it is passed, and what else it takes in its turn.
func (s *shift) slot() {
	var r *run
	defer func() { // in mid-run only where code of the user's ends the goroutine
		if r != nil {
			s.slots.Go(func() { s.slotAfterExit(r) })
		}
	}()
	for passed := range s.runs {
		q := passed.queue
		if r = passed; !r.claim() {
			r = s.next(q)
		}
		for began := time.Now(); r != nil; {
			s.process(r)
			if r = nil; time.Since(began) < turn {
				r = s.next(q)
			}
		}
		<-q.places
	}
}

// slotAfterExit replaces a slot whose goroutine was ended by the task.
func (s *shift) slotAfterExit(r *run) {
	if !r.concluded { // else it was an observer
		s.tellOf(r, slog.LevelError, "task ended its goroutine", "attempt", r.delivery.Attempt)
		s.conclude(r, r.work(), s.judge(r, r.work(), errExited))
	}
	<-r.queue.places
	s.slot()
}

// next claims a run of the queue that can begin at once, nil if there is none:
// the one that the feeder has received, which is the oldest, else one that it
// has not.
func (s *shift) next(q *workedQueue) *run {
	if s.feeding.Err() != nil {
		return nil
	}
	r := q.offered.Load()
	if r != nil && r.claim() {
		return r
	}
	if r == nil && cap(q.places) == 1 {
		return nil // the feeder may just have received one, and here the order can be kept
	}
	consumer, ok := q.consumer.(ReadyConsumer)
	if !ok {
		return nil
	}
	d := consumer.Ready()
	if d == nil {
		return nil
	}
	r = newRun(q, d)
	r.claim()
	return r
}

// claim reports whether the caller is the first to claim the run, who begins it
// or hands it back.
func (r *run) claim() bool { return r.claimed.CompareAndSwap(false, true) }
