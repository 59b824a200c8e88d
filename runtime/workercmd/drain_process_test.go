package workercmd

import (
	"maps"
	"os"
	"slices"
	"syscall"
	"testing"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// One task runs, of one slot, and more are prefetched, when the worker is told
// to end: it is no longer ready, another worker runs what was prefetched while
// the task goes on, and the worker ends with its task.
func TestDrainHandsPrefetchedMessagesToAnotherWorker(t *testing.T) {
	for _, s := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			l := open(t)
			first := startWorker(t, l.names(), "-broker", l.url, "-concurrency", "1", "-prefetch", "10", "-metrics", "127.0.0.1:0")
			address := first.address()
			first.reaches(address, "running")
			long := l.send(1, brief)
			first.says("started", long...)
			waiting := l.send(9, quick)
			l.prefetched()
			second := startWorker(t, l.names(), "-broker", l.url, "-metrics", "127.0.0.1:0")
			secondAddress := second.address()
			second.reaches(secondAddress, "running")
			if ran := second.said("started"); len(ran) > 0 {
				t.Fatalf("got %v run by the second worker, want nothing yet", ran)
			}

			first.signal(s)
			second.says("finished", waiting...)
			first.reaches(address, "draining")
			first.alive(address)
			second.reaches(secondAddress, "running")
			first.release()
			first.exits(exitDrained)
			second.signal(s)
			second.exits(exitDrained)
			a := l.settleOnce(first, second)
			if ran := slices.Collect(maps.Keys(first.said("finished"))); !slices.Equal(ran, long) || len(a.left) > 0 {
				t.Errorf("got %v run by the first worker and %v left, want %v and nothing", ran, a.left, long)
			}
		})
	}
}

// What a drain hands back has been delivered once.
func TestDrainCountsOneDelivery(t *testing.T) {
	t.Parallel()
	l := openLedger(t, rabbittest.URL(t), "tasks", "more", "others")
	w := startWorker(t, l.names(), "-broker", l.url, "-concurrency", "1", "-prefetch", "5", "-metrics", "127.0.0.1:0")
	address := w.address()
	w.reaches(address, "running")
	l.send(5, brief)
	w.says("started")
	l.prefetched()
	w.signal(syscall.SIGTERM)
	eventually(t, "14 of 15 are back", func() bool { return l.ready() == 14 })
	w.reaches(address, "draining")
	w.release()
	w.exits(exitDrained)
	a := l.settleOnce(w)
	if len(a.ran) != 1 || a.counted != 1 {
		t.Errorf("got %d run and delivery counts up to %d, want 1 and 1", len(a.ran), a.counted)
	}
}

// Running tasks finish, failed ones are sent again, before the worker ends.
func TestDrainSettlesWhatRuns(t *testing.T) {
	t.Parallel()
	l := openLedger(t, rabbittest.URL(t), "tasks", "others")
	w := startWorker(t, l.names(), "-broker", l.url, "-concurrency", "40")
	running := l.send(10, brief)
	w.says("started", running...)
	failed := l.send(10, failing)
	w.says("started", failed...)
	w.signal(syscall.SIGTERM)
	w.release()
	w.exits(exitDrained)
	next := startWorker(t, l.names(), "-broker", l.url)
	next.says("finished", failed...)
	next.signal(syscall.SIGTERM)
	next.exits(exitDrained)
	a := l.settleOnce(w, next)
	for _, id := range running {
		if w.said("finished")[id] != 1 {
			t.Errorf("task %s: finished %d times in the worker that ran it, want 1", id, w.said("finished")[id])
		}
	}
	if len(a.left) > 0 {
		t.Errorf("got %v left, want nothing", a.left)
	}
}
