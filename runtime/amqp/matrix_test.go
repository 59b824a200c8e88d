package amqp

import (
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// fault is something that happens to a connection or a broker under load.
type fault struct {
	name string
	// inject makes it happen; nil is a fault that was there from the start.
	inject func(t *testing.T, r *rig)
	// idle says that nobody sends while it is injected.
	idle bool
	// wants are answers that senders get because of it: it lasts until each
	// has been given, and for the given time at least.
	wants []told
	lasts time.Duration
	// heal ends it; nil is a fault that nobody heals.
	heal func(t *testing.T, r *rig)
	// causes are those that a message may be told whose own time ran out.
	causes []error
	// twice says that some messages have to come more than once.
	twice bool
	// kept says that it costs nobody the connection.
	kept bool
}

// lossy are the causes where a connection, or the channel on it, may be lost.
var lossy = []error{actor.ErrConfirmTimeout, actor.ErrConnectionLost}

// The faults of connections and brokers, each under a load of every kind.
// Whoever has time to outlast the fault succeeds, all others are told the truth
// in time, and what the queue holds afterwards agrees with what they were told.
func TestFaultMatrix(t *testing.T) {
	broker := rabbittest.URL(t)
	before := goleak.IgnoreCurrent()
	t.Run("faults", func(t *testing.T) {
		atOnce := make(chan struct{}, 5)
		rows := slices.Concat(nodeRows(), []matrixRow{manyResets(broker)}, networkRows(broker), givingUpRows(broker))
		for _, row := range rows {
			t.Run(row.name, func(t *testing.T) {
				t.Parallel()
				atOnce <- struct{}{}
				defer func() { <-atOnce }()
				row.run(t)
			})
		}
	})
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
}

// matrixRow is a part of the matrix that runs beside the others.
type matrixRow struct {
	name string
	run  func(t *testing.T)
}

// endure puts the rig under its load and the fault upon both.
func (r *rig) endure(t *testing.T, f fault) {
	t.Helper()
	start := time.Now()
	end := sync.OnceFunc(r.start())
	defer func() { end() }()
	if f.inject != nil {
		eventually(t, "everybody succeeds before the fault", func() bool { return r.journal.succeeds(r.load, start) })
		if f.idle {
			end()
		}
		r.journal.forget()
		start = time.Now()
		f.inject(t, r)
		if f.idle {
			end = sync.OnceFunc(r.start())
		}
	}
	r.provoke(t, f)
	time.Sleep(time.Until(start.Add(f.lasts)))
	if f.heal != nil {
		f.heal(t, r)
	}
	healed := time.Now()
	if !happens(func() bool { return r.journal.succeeds(r.load, healed) }) {
		t.Error("after the fault not everybody succeeds again")
	}
	t.Logf("everybody succeeds again %s after the fault", time.Since(healed).Round(time.Millisecond))
	end()
	if lost := r.transport.Stats().ConnectionsLost; f.kept && lost != 0 {
		t.Errorf("got %d connections lost, want none", lost)
	}
	r.check(t, f)
}

// provoke waits until somebody was told each of the answers that the fault has.
// Who is told what depends on who had a place in the window at the moment of the
// fault, so one that can be repeated strikes three times at most.
func (r *rig) provoke(t *testing.T, f fault) {
	t.Helper()
	for strikes := 1; ; strikes++ {
		unheard := r.unheard(f.wants)
		if len(unheard) == 0 {
			return
		}
		if strikes == 3 || f.inject == nil || f.heal == nil || f.idle {
			t.Errorf("nobody was told %v", unheard)
			return
		}
		f.heal(t, r)
		healed := time.Now()
		eventually(t, "everybody succeeds before the next strike", func() bool { return r.journal.succeeds(r.load, healed) })
		f.inject(t, r)
	}
}

// unheard waits until somebody was told each of these, and returns what nobody
// was told.
func (r *rig) unheard(wants []told) (unheard []told) {
	for _, w := range wants {
		if !happens(func() bool { return r.journal.hears(w) }) {
			unheard = append(unheard, w)
		}
	}
	return unheard
}

// happens waits for what should come to hold. Unlike eventually it leaves it to
// the caller to go on, so that the comparison with the queue says more.
func happens(holds func() bool) bool {
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			return false
		}
	}
	return true
}

// check drains the queue and compares.
func (r *rig) check(t *testing.T, f fault) {
	t.Helper()
	came := r.drain(t)
	r.journal.check(t, came, f.causes...)
	again := 0
	for _, n := range came {
		if n > 1 {
			again++
		}
	}
	if f.twice && again == 0 {
		t.Error("got no message more than once: the fault did not strike what was in flight")
	}
}
