package metrics

import (
	"maps"
	"sync"
	"sync/atomic"
)

// series keeps what is made once for each actor and queue. Looking it up takes no
// lock and no memory, since it happens for every message.
type series[T any] struct {
	make func(actor, queue string) T
	mu   sync.Mutex // held while all is replaced
	all  atomic.Pointer[map[place]T]
}

type place struct{ actor, queue string }

func (s *series[T]) of(actor, queue string) T {
	at := place{actor, queue}
	if all := s.all.Load(); all != nil {
		if v, ok := (*all)[at]; ok {
			return v
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make(map[place]T)
	if old := s.all.Load(); old != nil {
		if v, ok := (*old)[at]; ok {
			return v
		}
		maps.Copy(all, *old)
	}
	all[at] = s.make(actor, queue)
	s.all.Store(&all)
	return all[at]
}
