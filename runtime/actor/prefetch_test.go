package actor

import (
	"testing"
	"time"
)

func TestPrefetchFollowsTheHandlers(t *testing.T) {
	tests := []struct {
		took     time.Duration
		min, max int
	}{
		{time.Minute, 8, 8},
		{2 * time.Second, 8, 12},
		{100 * time.Millisecond, 60, 100},
		{time.Microsecond, maxPrefetch, maxPrefetch},
	}
	for _, test := range tests {
		p := newPrefetch(&Queue{}, 0, 8)
		size := p.size
		for range 200 {
			size, _ = p.follow(test.took)
		}
		if size < test.min || size > test.max {
			t.Errorf("handlers of %s: got prefetch %d, want %d to %d", test.took, size, test.min, test.max)
		}
	}
	p := newPrefetch(&Queue{}, 0, 8)
	for range 200 {
		p.follow(time.Microsecond)
	}
	for range 200 {
		p.follow(time.Minute)
	}
	if p.size > 12 {
		t.Errorf("handlers that became long: got prefetch %d, want it back near 8", p.size)
	}
	if p := newPrefetch(&Queue{Prefetch: 3}, 7, 8); !p.fixed || p.size != 3 {
		t.Errorf("queue's own: got %d, want 3, fixed", p.size)
	}
}
