package amqp

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestWheelRingsOnTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWheel()
		defer w.close()
		time.Sleep(3 * time.Second) // a rest, so that the hand is behind
		type ring struct{ set, rang time.Duration }
		start := time.Now()
		rings := make(chan ring, 100)
		waits := []time.Duration{-time.Second, 0, time.Millisecond, 15 * time.Millisecond, 5 * time.Second, 30 * time.Second}
		for _, d := range waits {
			w.set(&alarm{fire: func() { rings <- ring{d, time.Since(start)} }}, start.Add(d))
		}
		time.Sleep(time.Minute)
		if len(rings) != len(waits) {
			t.Fatalf("rings: got %d, want %d", len(rings), len(waits))
		}
		for range waits {
			r := <-rings
			if early, late := r.rang < r.set, r.rang > max(r.set, 0)+2*wheelTick; early || late {
				t.Errorf("alarm after %s: rang after %s", r.set, r.rang)
			}
		}
	})
}

func TestWheelDoesNotRingWhatWasCleared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWheel()
		defer w.close()
		var rang atomic.Int64
		alarms := make([]alarm, 3)
		for i := range alarms { // all in one slot
			alarms[i].fire = func() { rang.Add(1 << (8 * i)) }
			w.set(&alarms[i], time.Now().Add(time.Second))
		}
		w.clear(&alarms[1])
		w.clear(&alarms[1])
		time.Sleep(2 * time.Second)
		if got, want := rang.Load(), int64(1+1<<16); got != want {
			t.Errorf("rang: got %x, want %x", got, want)
		}
	})
}
