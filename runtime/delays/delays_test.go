package delays

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

const (
	// crowd is how many messages wait beside the others.
	crowd = 100_000
	// Bounds of lateness, of the half and of the 99 %. The broker's timers and a
	// hop for each level cost milliseconds; the rest is for a busy machine and
	// the race detector.
	usual = 100 * time.Millisecond
	worst = 1500 * time.Millisecond
)

// TestDelays goes through one day of a broker on which very many messages wait.
func TestDelays(t *testing.T) {
	r := newRig(t)
	started := time.Now()
	r.fill(t, "crowd", crowd, func() time.Duration { return time.Hour + rand.N(2*time.Hour) })
	t.Logf("%d messages to wait, sent in %s", crowd, time.Since(started).Round(time.Millisecond))

	stop := r.work(t)
	t.Run("short ones pass", func(t *testing.T) {
		ids := r.send(t, "short", 1000, func() time.Duration { return time.Second })
		r.punctual(t, ids, worst) // they come all at once
	})
	t.Run("each ends in time", func(t *testing.T) {
		ids := r.send(t, "random", 2000, func() time.Duration {
			return 50*time.Millisecond + rand.N(20*time.Second-50*time.Millisecond)
		})
		r.punctual(t, ids, usual)
	})
	t.Run("none behind a longer one", func(t *testing.T) {
		long := r.send(t, "long", 1, func() time.Duration { return 15 * time.Second })
		short := r.send(t, "after long", 1, func() time.Duration { return time.Second })
		r.punctual(t, short, worst)
		if r.ran(long[0]) {
			t.Error("15 s have gone by before 1 s")
		}
	})
	stop()
	if r.again > 0 {
		t.Errorf("%d messages ran again", r.again)
	}
	t.Run("nobody is needed", func(t *testing.T) {
		ids := r.send(t, "alone", 40, func() time.Duration { return 500*time.Millisecond + rand.N(12*time.Second) })
		r.sacrifice(t)
		if err := r.node.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := r.node.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.work(t)
		r.none(t, "early", r.await(t, ids), func(late time.Duration) bool { return late < 0 })
	})
	// What was on its way from one level to the next when the broker was killed
	// may be there twice.
	for deadline := time.Now().Add(patience); r.waiting(t) != crowd; time.Sleep(time.Second) {
		if time.Now().After(deadline) {
			t.Fatalf("got %d messages waiting in the end, want %d", r.waiting(t), crowd)
		}
	}
}

// punctual checks by how much messages were late.
func (r *rig) punctual(t *testing.T, ids []string, half time.Duration) {
	t.Helper()
	late := r.await(t, ids)
	slices.Sort(late)
	at := func(q float64) time.Duration { return late[int(q*float64(len(late)-1))] }
	t.Logf("late: least %s, p50 %s, p99 %s, most %s", at(0), at(0.5), at(0.99), at(1))
	r.none(t, "early", late, func(late time.Duration) bool { return late < 0 })
	if at(0.5) > half || at(0.99) > worst {
		t.Errorf("lateness: got p50 %s and p99 %s, want at most %s and %s", at(0.5), at(0.99), half, worst)
	}
}

func (r *rig) none(t *testing.T, what string, late []time.Duration, is func(time.Duration) bool) {
	t.Helper()
	if i := slices.IndexFunc(late, is); i >= 0 {
		t.Errorf("message %d was %s: %s late", i, what, late[i])
	}
}

func (r *rig) ran(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ran := r.late[id]
	return ran
}
