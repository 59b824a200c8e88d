package workercmd

import (
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// A broker that is short of memory takes acknowledgements but no messages, so a
// task that fails is not sent again: it goes back as it was.
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
	first := l.send(2, failing) // with their retries the worker's connection has sent
	w.says("finished", first...)
	good, bad := l.send(1, brief), l.send(1, late)
	w.says("started", slices.Concat(good, bad)...)

	watermark("0.00001")
	for _, process := range []*workerProcess{idle, w} {
		process.signal(syscall.SIGTERM)
	}
	w.release()
	idle.exitsWithin(time.Second+farewell, exitDrained)
	w.says("finished", good...)
	w.exitsWithin(2*time.Second+cancelGrace+farewell, exitFailed)
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
