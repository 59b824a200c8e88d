package workercmd

import (
	"net/url"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// via returns the broker's URL through a proxy.
func via(t *testing.T, broker string) (*rabbittest.Proxy, string) {
	t.Helper()
	u, err := url.Parse(broker)
	if err != nil {
		t.Fatal(err)
	}
	proxy := rabbittest.NewProxy(t, u.Host)
	through, err := proxy.URL(broker)
	if err != nil {
		t.Fatal(err)
	}
	return proxy, through
}

// faults are what comes between a worker and its broker.
var faults = map[string]func(*rabbittest.Proxy){
	"gone": func(p *rabbittest.Proxy) {
		p.Refuse()
		p.Reset()
	},
	"black hole": func(p *rabbittest.Proxy) {
		p.Inject(rabbittest.ToBroker, rabbittest.Fault{Swallow: true})
		p.Inject(rabbittest.ToClient, rabbittest.Fault{Swallow: true})
	},
	"stalled": func(p *rabbittest.Proxy) {
		p.Inject(rabbittest.ToBroker, rabbittest.Fault{Stall: true})
		p.Inject(rabbittest.ToClient, rabbittest.Fault{Stall: true})
	},
}

// begin starts a worker that reaches the ledger's broker through a proxy, and
// waits until it runs.
func begin(t *testing.T, l *ledger, args ...string) (*workerProcess, *rabbittest.Proxy) {
	t.Helper()
	proxy, through := via(t, l.url)
	w := startWorker(t, l.names(), append([]string{"-broker", through, "-metrics", "127.0.0.1:0"}, args...)...)
	w.reaches(w.address(), "running")
	return w, proxy
}

func TestSignalToAnIdleWorkerWithoutItsBroker(t *testing.T) {
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, proxy := begin(t, openLedger(t, rabbittest.URL(t), "tasks", "others"), "-drain-timeout", "1s")
			fault(proxy)
			w.signal(syscall.SIGTERM)
			w.endsAfter(time.Second, exitDrained)
		})
	}
}

// The worker is told to end with a task that succeeds, whose acknowledgement it
// cannot send any more, one that fails, and one that does not end.
func TestSignalToABusyWorkerWithoutItsBroker(t *testing.T) {
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := open(t)
			w, proxy := begin(t, l, "-drain-timeout", "2s", "-concurrency", "3", "-prefetch", "10")
			running := append(l.send(1, brief), l.send(1, late)...)
			endless := l.send(1, stuck)
			w.says("started", append(running, endless...)...)
			waiting := l.send(5, quick)
			l.prefetched()
			fault(proxy)
			w.signal(syscall.SIGTERM)
			w.reaches(w.address(), "draining") // else a slot that is free again takes what waits
			w.release()
			w.says("finished", running[0])
			w.says("failed", running[1])
			w.says("cancelled", endless...)
			w.endsAfter(2*time.Second, exitFailed)
			proxy.Reset() // the broker learns of the end
			a := l.settle(w)
			for _, id := range slices.Concat(running[1:], endless, waiting) {
				if a.left[id] != 1 {
					t.Errorf("task %s: got it %d times left, want once", id, a.left[id])
				}
			}
			if len(a.ran) != 1 || a.counted > 1 {
				t.Errorf("got %d finished and delivery counts up to %d, want 1 and 1", len(a.ran), a.counted)
			}
		})
	}
}
