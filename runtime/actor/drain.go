package actor

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	defaultDrainTimeout = 30 * time.Second
	// cancelGrace is what handlers get to notice that they were cancelled.
	cancelGrace = 2 * time.Second
	// confirmGrace is what copies and replies under way get of it. One that is cut
	// off may have arrived, and its original goes back all the same.
	confirmGrace = time.Second
	// closeTimeout bounds an exchange with the broker while the drain timeout
	// lasts, lastTimeout the last one where that is over.
	closeTimeout = 5 * time.Second
	lastTimeout  = time.Second
)

// drain hands back what was prefetched and waits for what runs.
func (s *shift) drain() error {
	s.deadline = time.Now().Add(s.worker.config.DrainTimeout)
	deadline := time.NewTimer(s.worker.config.DrainTimeout)
	defer deadline.Stop()
	idle := make(chan struct{})
	go func() { // ends with the last handler; a handler that never returns keeps it, as it keeps its slot
		s.slots.Wait()
		s.settlements.Wait()
		close(idle)
	}()
	s.eachConsumer(func(ctx context.Context, c Consumer) error { return c.Stop(ctx) })
	for _, r := range s.unstarted {
		r.delivery.Settlement.Requeue()
	}
	told := make(chan struct{})
	go func() { // ends with the observers
		defer close(told)
		for _, r := range s.unstarted {
			s.tell(r, TaskHandedBack, verdict{})
		}
	}()
	select {
	case <-idle:
		select {
		case <-told:
		case <-deadline.C:
		}
		return nil
	case <-deadline.C:
		select {
		case <-idle: // and only the broker was slow
			return nil
		default:
		}
	}
	s.worker.enter(Cancelling)
	s.cancel(ErrShutdown)
	defer time.AfterFunc(confirmGrace, s.abandon).Stop()
	select {
	case <-idle:
	case <-time.After(cancelGrace):
		s.worker.config.Logger.Error("handlers ignore their cancelled context; their messages are handed back")
	}
	return ErrDrainTimeout
}

// end closes the consumers, which flushes the acknowledgements and hands back
// what is left.
func (s *shift) end() {
	s.eachConsumer(func(ctx context.Context, c Consumer) error { return c.Close(ctx) })
	s.cancel(ErrShutdown)
	s.abandon()
	s.digest.end()
}

// eachConsumer calls f for all consumers at once and waits, unless the broker
// did not answer in time before.
func (s *shift) eachConsumer(f func(context.Context, Consumer) error) {
	limit := min(closeTimeout, max(time.Until(s.deadline), lastTimeout))
	if s.silent {
		limit = 0
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	var all sync.WaitGroup
	for _, q := range s.queues {
		if q.consumer == nil {
			continue
		}
		all.Go(func() {
			if err := f(ctx, q.consumer); err != nil && limit > 0 && !errors.Is(err, ErrConnectionLost) && !errors.Is(err, ErrClosed) {
				s.worker.config.Logger.Warn("the broker did not take leave", "queue", q.queue.Name, "error", err)
			}
		})
	}
	all.Wait()
	s.silent = s.silent || ctx.Err() != nil
}
