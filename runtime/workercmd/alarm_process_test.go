package workercmd

import (
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// A broker that is short of memory takes acknowledgements but no messages, so a
// task that fails is not sent again: it goes back as it was, once. That holds as
// soon as the worker has heard of it, see the test below.
func TestSignalWhileTheBrokerIsBlocked(t *testing.T) {
	t.Parallel()
	node := rabbittest.MustStart(t, rabbittest.Options{})
	watermark := func(w string) {
		t.Helper()
		if _, err := node.Ctl(t.Context(), "set_vm_memory_high_watermark", w); err != nil {
			t.Fatal(err)
		}
	}
	l := openLedger(t, node.URL(), "tasks", "others")
	idle := startWorker(t, rabbittest.Prefix(t)+"idle", "-broker", l.url, "-drain-timeout", "1s", "-metrics", "127.0.0.1:0")
	idle.reaches(idle.address(), "running")
	w := startWorker(t, l.names(), "-broker", l.url, "-drain-timeout", "2s")
	w.says("finished", l.send(2, failing)...) // so that all is there that a retry needs
	good, bad, heard := l.send(1, brief), l.send(1, late), l.send(1, blocked)
	w.says("started", slices.Concat(good, bad, heard)...)

	watermark("0.00001")
	w.says("finished", heard...)
	for _, process := range []*workerProcess{idle, w} {
		process.signal(syscall.SIGTERM)
	}
	w.release()
	idle.endsAfter(time.Second, exitDrained)
	w.says("finished", good...)
	w.endsAfter(2*time.Second, exitFailed)
	watermark("0.4")
	a := l.settleOnce(w)
	for _, id := range bad {
		if a.left[id] != 1 {
			t.Errorf("task %s: got it %d times left, want once", id, a.left[id])
		}
	}
	if len(a.left) != len(bad) || a.counted > 1 {
		t.Errorf("got %d left with delivery counts up to %d, want %d and 1", len(a.left), a.counted, len(bad))
	}
}

// A copy that was written and not confirmed when the worker ends may arrive or
// not, so its original goes back. Where it does arrive, there are the two, and
// nobody could have known.
func TestCopyOnItsWayAtTheEndArrivesBesideItsOriginal(t *testing.T) {
	t.Parallel()
	l := open(t)
	w, proxy := begin(t, l, "-drain-timeout", "1s")
	w.says("finished", l.send(2, failing)...) // so that all is there that a retry needs
	failed := l.send(3, late)
	w.says("started", failed...)
	proxy.Inject(rabbittest.ToClient, rabbittest.Fault{Swallow: true}) // the copies arrive, their confirms do not
	w.signal(syscall.SIGTERM)
	w.release()
	w.says("failed", failed...)
	w.endsAfter(time.Second, exitFailed)
	eventually(t, "the originals are back and the copies have arrived", func() bool { return l.ready() == 2*len(failed) })
	a := l.settle(w)
	for _, id := range failed {
		if want := []int64{0, 1}; !slices.Equal(a.attempts[id], want) {
			t.Errorf("task %s: got attempts %v left, want %v", id, a.attempts[id], want)
		}
	}
	if len(a.left) != len(failed) {
		t.Errorf("got %v left, want the %d that failed", a.left, len(failed))
	}
}
