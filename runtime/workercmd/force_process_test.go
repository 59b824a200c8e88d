package workercmd

import (
	"os"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// At the end of the drain timeout a task that heeds its context and one that
// does not are both given to another worker.
func TestDrainTimeoutForcesTheEnd(t *testing.T) {
	t.Parallel()
	l := openLedger(t, rabbittest.URL(t), "tasks", "others")
	w := startWorker(t, l.names(), "-broker", l.url, "-drain-timeout", "500ms", "-metrics", "127.0.0.1:0")
	address := w.address()
	heeding, ignoring := l.send(1, stuck), l.send(1, deaf)
	w.says("started", append(heeding, ignoring...)...)
	w.signal(syscall.SIGTERM)
	w.reaches(address, actor.Cancelling.String())
	w.alive(address)
	w.endsAfter(500*time.Millisecond, exitFailed)
	if got := w.said("cancelled"); len(got) != len(heeding) {
		t.Errorf("got %v cancelled, want %v", got, heeding)
	}
	next := startWorker(t, l.names(), "-broker", l.url)
	next.says("started", append(heeding, ignoring...)...)
	next.signal(syscall.SIGKILL)
	next.exits(killed)
	a := l.settleOnce(w, next)
	if len(a.left) != 4 || a.counted > 2 {
		t.Errorf("got %d left with delivery counts up to %d, want 4, delivered twice", len(a.left), a.counted)
	}
}

// The broker takes back what was prefetched and then falls silent, while a task
// ignores that its time is up.
func TestDrainTimeoutHoldsThoughTheBrokerFallsSilent(t *testing.T) {
	for _, name := range []string{"black hole", "stalled"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := open(t)
			w, proxy := begin(t, l, "-drain-timeout", "2s", "-concurrency", "1", "-prefetch", "10")
			w.says("started", l.send(1, deaf)...)
			waiting := l.send(5, quick)
			l.prefetched()
			w.signal(syscall.SIGTERM)
			eventually(t, "what was prefetched is back", func() bool { return l.ready() == len(waiting) })
			faults[name](proxy)
			w.endsAfter(2*time.Second, exitFailed)
			proxy.Reset() // the broker learns of the end
			if a := l.settleOnce(w); len(a.left) != 6 || a.counted > 1 {
				t.Errorf("got %d left with delivery counts up to %d, want 6 and at most 1", len(a.left), a.counted)
			}
		})
	}
}

// killed is what an exit code is after a signal that ended the process.
const killed = -1

func TestSecondSignalQuitsAtOnceAndLosesNothing(t *testing.T) {
	for _, second := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		t.Run(second.String(), func(t *testing.T) {
			t.Parallel()
			l := open(t)
			w := startWorker(t, l.names(), "-broker", l.url, "-concurrency", "3", "-drain-timeout", "10m", "-metrics", "127.0.0.1:0")
			address := w.address()
			running := l.send(3, deaf)
			w.says("started", running...)
			l.send(5, quick)
			w.signal(syscall.SIGTERM)
			w.reaches(address, "draining")
			w.signal(second)
			w.exits(exitFailed)
			if a := l.settleOnce(w); len(a.left) != 8 || a.counted > 1 {
				t.Errorf("got %d left with delivery counts up to %d, want 8 and at most 1", len(a.left), a.counted)
			}
		})
	}
}

// A worker that is killed has given back what it held: running, prefetched and
// failed tasks.
func TestKilledWorkerLosesNothing(t *testing.T) {
	t.Parallel()
	l := openLedger(t, rabbittest.URL(t), "tasks", "others")
	const slots = 4
	w := startWorker(t, l.names(), "-broker", l.url, "-concurrency", strconv.Itoa(slots), "-prefetch", "20")
	l.send(20, failing)
	w.says("started")
	blocking := l.send(10, brief)
	l.send(10, quick)
	eventually(t, "every slot is taken", func() bool {
		started := w.said("started")
		return len(slices.DeleteFunc(slices.Clone(blocking), func(id string) bool { return started[id] == 0 })) == slots
	})
	w.signal(syscall.SIGKILL)
	w.exits(killed)

	next := startWorker(t, l.names(), "-broker", l.url)
	next.release()
	eventually(t, "every task has finished", func() bool {
		return len(l.missing(account{ran: finished([]*workerProcess{w, next})})) == 0
	})
	next.signal(syscall.SIGTERM)
	next.exits(exitDrained)
	a := l.settle(w, next)
	begun := w.said("started")
	for id, n := range a.ran {
		if n > 1 && begun[id] == 0 { // one that was begun may have been copied, and the original not yet acknowledged
			t.Errorf("task %s: finished %d times, want once what was not begun by the worker that was killed", id, n)
		}
	}
	if len(a.left) > 0 {
		t.Errorf("got %v left, want nothing", a.left)
	}
}
