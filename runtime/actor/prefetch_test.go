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
}

func TestPrefetchThatIsConfigured(t *testing.T) {
	p := newPrefetch(&Queue{Prefetch: 30}, 7, 2)
	for _, test := range []struct {
		took time.Duration
		want int
	}{
		{0, 30}, {time.Second, 30}, {10 * time.Minute, 2}, {time.Millisecond, 30},
	} {
		for range 200 {
			p.follow(test.took)
		}
		if p.size != test.want {
			t.Errorf("handlers of %s: got prefetch %d, want %d", test.took, p.size, test.want)
		}
	}
	if p := newPrefetch(&Queue{}, 7, 8); p.size != 7 {
		t.Errorf("worker's: got prefetch %d, want 7", p.size)
	}
}
