package workercmd

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// inProcess is a worker that this process runs, as Main does.
type inProcess struct {
	*duty
	signals chan os.Signal
	code    chan int

	mu   sync.Mutex // guards said
	said strings.Builder
}

func runHere(queues string, args ...string) *inProcess {
	w := &inProcess{duty: dutyAt(queues), signals: make(chan os.Signal, 2), code: make(chan int, 1)}
	w.say = func(words ...any) {
		w.mu.Lock()
		defer w.mu.Unlock()
		fmt.Fprintln(&w.said, words...)
	}
	p := newProcess(surroundings{name: "worker", args: args, getenv: func(string) string { return "" }, stdout: io.Discard, stderr: io.Discard})
	go func() {
		code, ok := p.start(w.signals)
		if ok {
			code = p.leave(p.run([]actor.Table{w.table()}))
		}
		w.code <- code
	}()
	return w
}

func (w *inProcess) says(t *testing.T, text string) {
	t.Helper()
	eventually(t, "the worker says "+text, func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return strings.Contains(w.said.String(), text)
	})
}

func (w *inProcess) exits(t *testing.T, code int) {
	t.Helper()
	select {
	case got := <-w.code:
		if got != code {
			t.Errorf("got exit code %d, want %d", got, code)
		}
	case <-time.After(soon):
		t.Fatalf("the worker has not ended after %s", soon)
	}
}

// However a worker ends, but by a second signal, it leaves no goroutine behind.
func TestEndedWorkerLeavesNoGoroutine(t *testing.T) {
	cases := map[string]func(t *testing.T, l *ledger){
		"drained": func(t *testing.T, l *ledger) {
			w := runHere(l.names(), "-broker", l.url, "-metrics", "127.0.0.1:0")
			for _, id := range append(l.send(2, brief), l.send(5, failing)...) {
				w.says(t, "started "+id)
			}
			w.signals <- syscall.SIGTERM
			w.release()
			w.exits(t, exitDrained)
		},
		"forced": func(t *testing.T, l *ledger) {
			w := runHere(l.names(), "-broker", l.url, "-drain-timeout", "100ms")
			w.says(t, "started "+l.send(1, stuck)[0])
			w.signals <- syscall.SIGTERM
			w.exits(t, exitFailed)
		},
		"in memory": func(t *testing.T, l *ledger) {
			w := runHere(l.names(), "-broker", inMemory, "-metrics", "127.0.0.1:0")
			go sendOne(w.definitions[0], quick)
			w.says(t, "finished")
			w.signals <- os.Interrupt
			w.exits(t, exitDrained)
		},
		"connecting": func(t *testing.T, l *ledger) {
			proxy, through := via(t, l.url)
			faults["black hole"](proxy)
			w := runHere(l.names(), "-broker", through)
			eventually(t, "the worker connects", func() bool { return proxy.Connections() > 0 })
			w.signals <- syscall.SIGTERM
			w.exits(t, exitDrained)
			proxy.Close()
		},
		"without its broker": func(t *testing.T, l *ledger) {
			proxy, through := via(t, l.url)
			w := runHere(l.names(), "-broker", through, "-drain-timeout", "1s")
			eventually(t, "the worker publishes and consumes", func() bool { return proxy.Connections() == 2 })
			faults["black hole"](proxy)
			w.signals <- syscall.SIGTERM
			w.exits(t, exitDrained)
			proxy.Close()
		},
		"one of two brokers refuses": func(t *testing.T, l *ledger) {
			w := runHere(l.names()+" other="+l.queues[0]+".other",
				"-broker", l.url, "-broker", "other="+strings.Replace(l.url, "guest:guest", "nobody:wrong", 1))
			w.exits(t, exitFailed)
		},
	}
	for name, check := range cases {
		t.Run(name, func(t *testing.T) {
			l := openLedger(t, rabbittest.URL(t), "tasks", "others")
			l.send(1, quick) // so that the ledger's own connection is up
			before := goleak.IgnoreCurrent()
			check(t, l)
			if err := goleak.Find(before); err != nil {
				t.Error(err)
			}
		})
	}
}
