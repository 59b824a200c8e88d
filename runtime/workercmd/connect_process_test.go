package workercmd

import (
	"syscall"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// The broker comes up after the worker; then the worker runs its task.
func TestBrokerIsWaitedFor(t *testing.T) {
	t.Parallel()
	l := open(t)
	proxy, through := via(t, l.url)
	proxy.Refuse()
	w := startWorker(t, l.names(), "-broker", through, "-metrics", "127.0.0.1:0")
	address := w.address()
	w.reaches(address, "connecting")
	w.alive(address)
	ids := l.send(1, quick)
	if err := proxy.Restore(); err != nil {
		t.Fatal(err)
	}
	w.says("finished", ids...)
	w.signal(syscall.SIGTERM)
	w.exits(exitDrained)
	l.settleOnce(w)
}

// No host answers, or one takes the connection and says nothing.
func TestSignalEndsTheWaitForTheBroker(t *testing.T) {
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			proxy, through := via(t, rabbittest.URL(t))
			fault(proxy)
			w := startWorker(t, "tasks", "-broker", through, "-drain-timeout", "1s", "-metrics", "127.0.0.1:0")
			w.reaches(w.address(), "connecting")
			w.signal(syscall.SIGTERM)
			w.endsAfter(time.Second, exitDrained)
		})
	}
}

// The worker is told to end between its connection and its first task: the
// queues of a distant broker are not all subscribed to yet.
func TestSignalEndsTheSubscription(t *testing.T) {
	for name, fault := range map[string]func(*rabbittest.Proxy){
		"slow":       func(*rabbittest.Proxy) {},
		"gone":       faults["gone"],
		"black hole": faults["black hole"],
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := openLedger(t, rabbittest.URL(t), "tasks", "others")
			l.send(5, quick)
			proxy, through := via(t, l.url)
			proxy.Inject(rabbittest.ToClient, rabbittest.Fault{Latency: 300 * time.Millisecond})
			w := startWorker(t, l.names(), "-broker", through, "-drain-timeout", "1s", "-metrics", "127.0.0.1:0")
			address := w.address()
			w.reaches(address, "starting")
			w.alive(address)
			fault(proxy)
			w.signal(syscall.SIGTERM)
			w.endsAfter(time.Second, exitDrained)
			proxy.Reset()
			if a := l.settleOnce(w); len(a.left) != 10 {
				t.Errorf("got %d left, want all 10", len(a.left))
			}
		})
	}
}
