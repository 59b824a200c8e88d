package amqp

import (
	"sync"
	"time"
)

// strain measures what a busy machine takes from this process: how much later
// than asked for a goroutine wakes up that does nothing but sleep.
type strain struct {
	mu     sync.Mutex
	lapses []lapse
}

type lapse struct {
	at   time.Time
	lost time.Duration
}

const nap = 5 * time.Millisecond

// watch measures until stop is closed.
func (s *strain) watch(stop <-chan struct{}) {
	for {
		slept := time.Now()
		select {
		case <-stop:
			return
		case <-time.After(nap):
		}
		if lost := time.Since(slept) - nap; lost > nap {
			s.mu.Lock()
			s.lapses = append(s.lapses, lapse{slept, lost})
			s.mu.Unlock()
		}
	}
}

// during is how much of a time was lost.
func (s *strain) during(from time.Time, d time.Duration) (lost time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.lapses {
		if l.at.After(from) && l.at.Before(from.Add(d)) {
			lost += l.lost
		}
	}
	return lost
}
