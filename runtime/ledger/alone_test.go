package ledger

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"runtime/pprof"
	"sync/atomic"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

const (
	// aloneVariable says for how long the worker is left alone, with a restart
	// of its broker every minute. Without it there are three restarts, one
	// after the other.
	aloneVariable = "ALONE"
	// aloneProcess marks the process of the worker: what other tests hold is
	// not to be counted.
	aloneProcess = "ACTORGEN_ALONE_PROCESS"
)

// A worker whose broker is restarted again and again, in good order and not,
// works after each restart and holds no more goroutines and memory than at first.
func TestWorkerLeftAlone(t *testing.T) {
	t.Parallel()
	if os.Getenv(aloneProcess) != "" {
		leaveAlone(t)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestWorkerLeftAlone$", "-test.v")
	cmd.Env = append(os.Environ(), aloneProcess+"=1")
	stdin, err := cmd.StdinPipe() // whose end ends the process
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(output); lines.Scan(); {
		t.Log(lines.Text())
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the worker's process: %v", err)
	}
}

func leaveAlone(t *testing.T) {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
	node := rabbittest.MustStart(t, rabbittest.Options{})
	w := startLonely(t, node.URL())
	w.runSome(t)
	first := w.settle(plateau{goroutines: runtime.NumGoroutine()})
	t.Logf("at first: %s", first)
	var last plateau
	for next, n := restarts(t), 1; next(); n++ {
		if n%2 == 0 {
			if err := node.Kill(); err != nil {
				t.Fatal(err)
			}
		}
		if err := node.Restart(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.runSome(t)
		last = w.settle(first)
		t.Logf("after restart %d: %s, %d connections lost so far", n, last, w.transport.Stats().ConnectionsLost)
	}
	if last.goroutines > first.goroutines {
		t.Errorf("got %d goroutines at last, want the %d of the beginning", last.goroutines, first.goroutines)
		_ = pprof.Lookup("goroutine").WriteTo(os.Stdout, 1)
	}
	const slack = 512 << 10 // fragments of a heap of one or two megabytes
	if last.heap > first.heap+slack {
		t.Errorf("got %d KiB of heap at last, want the %d KiB of the beginning", last.heap>>10, first.heap>>10)
	}
	if lost := w.transport.Stats().ConnectionsLost; lost == 0 {
		t.Error("got no connection lost, want the restarts to be felt")
	}
}

// restarts returns what waits for the next restart and says whether there is one.
func restarts(t *testing.T) (next func() bool) {
	t.Helper()
	const without, interval = 3, time.Minute
	length, err := time.ParseDuration(os.Getenv(aloneVariable))
	if os.Getenv(aloneVariable) == "" {
		left := without
		return func() bool { left--; return left >= 0 }
	}
	if err != nil {
		t.Fatalf("%s: %v", aloneVariable, err)
	}
	start := time.Now()
	ticks := time.NewTicker(interval)
	t.Cleanup(ticks.Stop)
	return func() bool {
		if time.Since(start)+interval > length+interval/2 {
			return false
		}
		<-ticks.C
		return true
	}
}

// lonely is a worker with one task, and what sends to it.
type lonely struct {
	transport *amqp.Transport
	client    *actor.Client
	stub      actor.Stub
	ran       atomic.Int64
	sent      int64
}

func startLonely(t *testing.T, url string) *lonely {
	t.Helper()
	transport, err := amqp.Dial(t.Context(), amqp.Config{URL: url, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	w := &lonely{transport: transport}
	definition := &actor.Definition{
		Name:    "ledger.Lonely",
		Publish: actor.PublishPolicy{ConfirmTimeout: new(time.Minute)},
	}
	table := actor.Table{{
		Definition: definition,
		Bind: func(actor.Message) (actor.Task, error) {
			return func(context.Context) error { w.ran.Add(1); return nil }, nil
		},
	}}
	w.client = actor.NewClient(transport, actor.ClientConfig{})
	w.stub = actor.NewStub(definition).Via(w.client)
	worker := actor.NewWorker(w.client, actor.WorkerConfig{Logger: slog.New(slog.DiscardHandler)}, table)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- worker.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("stop: got %v, want nil", err)
		}
		transport.Close()
	})
	return w
}

// runSome shows that the worker works. It sends few, since the worker remembers
// some thousand finished tasks, which is no leak.
func (w *lonely) runSome(t *testing.T) {
	t.Helper()
	for range 10 {
		m, err := w.stub.Message(emptyArguments())
		if err == nil {
			err = w.stub.Send(t.Context(), m)
		}
		if err != nil {
			t.Fatal(err)
		}
		w.sent++
	}
	eventually(t, "all tasks run", func() bool { return w.ran.Load() >= w.sent })
}

// plateau is what the process holds while nothing happens.
type plateau struct {
	goroutines int
	heap       uint64 // bytes of spans in use
}

func (p plateau) String() string {
	return fmt.Sprintf("%d goroutines, %d KiB of heap", p.goroutines, p.heap>>10)
}

// settle measures until there are no more goroutines than there were, for some
// seconds: those of an ended connection take leave.
func (w *lonely) settle(were plateau) (p plateau) {
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		runtime.GC()
		runtime.GC() // what pools kept for one cycle more
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		p = plateau{runtime.NumGoroutine(), m.HeapInuse}
		if p.goroutines <= were.goroutines || time.Now().After(deadline) {
			return p
		}
	}
}
