package ledger

import (
	"testing"
	"time"
)

// fault is something that happens to workers and their broker under load.
type fault struct {
	name string
	// strike makes it happen and makes it good again.
	strike func(t *testing.T, r *rig)
	// shakes says that the broker itself suffers: it may forget what it had
	// accepted a moment before, and nack what it has taken.
	shakes bool
}

// endure puts faults upon a rig, one after the other, and draws a balance at
// the end of them, and one after an orderly stop in the middle of work.
func (r *rig) endure(t *testing.T, faults ...fault) {
	t.Helper()
	r.load.resume()
	works := r.flows(t, "before the first fault")
	for _, f := range faults {
		if !works {
			break
		}
		start := time.Now()
		r.suffer(t, f)
		struck := time.Since(start)
		works = r.flows(t, "after "+f.name)
		r.logf(t, "%s took %s, and work went on %s later", f.name, struck.Round(time.Millisecond), (time.Since(start) - struck).Round(time.Millisecond))
	}
	if works {
		r.load.pause()
		r.rest(t)
		r.takeDead(t)
		r.check(t, "at rest")
		r.load.resume()
		r.flows(t, "before the stop")
	}
	r.ledger.balance() // judges repeated runs while their sessions live
	r.stop(t)
	r.load.pause()
	r.takeLeft(t)
	r.check(t, "stopped")
	var lost, stale int64
	for _, c := range r.crews {
		lost += c.Stats().ConnectionsLost
		stale += c.Stats().StaleAcks
	}
	r.logf(t, "workers: %d connections lost, %d stale acknowledgements", lost, stale)
}

// check draws the balance.
func (r *rig) check(t *testing.T, when string) {
	t.Helper()
	b := r.ledger.balance()
	r.logf(t, "%s: %s", when, b)
	b.check(t, when)
}

func (r *rig) logf(t *testing.T, format string, args ...any) {
	t.Helper()
	if !r.quiet {
		t.Logf(format, args...)
	}
}

func (r *rig) suffer(t *testing.T, f fault) {
	t.Helper()
	if f.shakes {
		defer r.ledger.shake()()
	}
	f.strike(t, r)
}

// flows waits until every worker has run tasks of every actor from now on, and
// says whether they did.
func (r *rig) flows(t *testing.T, when string) bool {
	t.Helper()
	const some = 5
	before := map[success]int{}
	for _, c := range r.crews {
		for _, d := range r.definitions {
			before[success{c.transport, d.Name}] = r.ledger.succeeded(c.transport, d.Name)
		}
	}
	if happens(func() bool {
		for s, n := range before {
			if r.ledger.succeeded(s.worker, s.actor) < n+some {
				return false
			}
		}
		return true
	}) {
		return true
	}
	for s, n := range before {
		t.Errorf("%s: %d runs of %s, want %d", when, r.ledger.succeeded(s.worker, s.actor)-n, s.actor, some)
	}
	return false
}

func (r *rig) rested(t *testing.T) bool { return r.ledger.open() == 0 && r.waiting(t) == 0 }

// rest waits until everything that was sent has ended. What does not end is the
// balance's to report. It takes long where many messages have come back often,
// since each of them runs alone.
func (r *rig) rest(t *testing.T) {
	t.Helper()
	if !happensWithin(2*patience, func() bool { return r.rested(t) }) {
		t.Errorf("%d messages have not ended and %d wait, want none", r.ledger.open(), r.waiting(t))
		for _, name := range r.queues() {
			q, _ := found(t, r.broker, name)
			t.Logf("%d are ready in %s, which has %d consumers", q.Messages, name, q.Consumers)
		}
	}
}
