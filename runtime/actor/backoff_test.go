package actor

import (
	"math/bits"
	"math/rand/v2"
	"testing"
	"time"
)

func TestBackoffGrowsWithinItsLimits(t *testing.T) {
	const lowest, highest = 15 * time.Second, 7 * 24 * time.Hour
	for attempt := range 80 {
		for range 200 {
			random := rand.Float64()
			got := backoff(lowest, highest, attempt, random)
			if got < lowest || got > highest {
				t.Fatalf("backoff(attempt %d, random %v) = %s, want within %s and %s", attempt, random, got, lowest, highest)
			}
			if n := bits.OnesCount64(uint64(got / delayStep)); n > 3 {
				t.Fatalf("backoff(attempt %d, random %v) = %s takes %d hops, want at most 3", attempt, random, got, n)
			}
		}
	}
}

func TestBackoff(t *testing.T) {
	tests := []struct {
		lowest, highest time.Duration
		attempt         int
		random          float64
		want            time.Duration
	}{
		{15 * time.Second, time.Hour, 0, 0, 16 * time.Second}, // not rounded below the minimum
		{10 * time.Second, time.Hour, 0, 0, 10 * time.Second},
		{10 * time.Second, time.Hour, 0, 0.6, 16 * time.Second},
		{10 * time.Second, time.Hour, 3, 0, 80 * time.Second},
		{time.Second, time.Minute, 63, 0, 28 * time.Second}, // half the maximum, rounded down
		{time.Hour, time.Minute, 0, 0, 4096 * time.Second},  // a minimum above the maximum wins
		{time.Millisecond, 100 * time.Millisecond, 0, 0.5, 1500 * time.Microsecond},
		{0, 0, 5, 0.5, 0},
	}
	for _, test := range tests {
		got := backoff(test.lowest, test.highest, test.attempt, test.random)
		if got != test.want {
			t.Errorf("backoff(%s, %s, %d, %v) = %s, want %s",
				test.lowest, test.highest, test.attempt, test.random, got, test.want)
		}
	}
}
