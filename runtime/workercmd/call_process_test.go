package workercmd

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
)

// pending is a call of a task, whose result is the worker's process.
type pending struct {
	id    string
	ended chan struct{} // closed when the call has returned
	pid   int
	err   error
	took  time.Duration
}

// call calls a task through the ledger's client, with limit for all of it.
func (l *ledger) call(kind string, limit time.Duration) *pending {
	l.t.Helper()
	stub := l.stub(l.queues[0], kind)
	m, err := stub.Message(noArguments())
	if err != nil {
		l.t.Fatal(err)
	}
	l.sent[m.ID] = true
	p := &pending{id: m.ID, ended: make(chan struct{})}
	go func() {
		defer close(p.ended)
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		start := time.Now()
		p.pid, p.err = actor.Call(ctx, stub, m, (*actor.Decoder).Int)
		p.took = time.Since(start)
	}()
	return p
}

func (p *pending) waits(t *testing.T) {
	t.Helper()
	select {
	case <-p.ended:
		t.Fatalf("Call: got %d and error %v, want it to wait", p.pid, p.err)
	default:
	}
}

func (p *pending) end(t *testing.T) {
	t.Helper()
	select {
	case <-p.ended:
	case <-time.After(soon):
		t.Fatalf("Call has not ended after %s", soon)
	}
}

// answeredBy waits for the result of the worker.
func (p *pending) answeredBy(t *testing.T, w *workerProcess) {
	t.Helper()
	if p.end(t); p.err != nil || p.pid != w.pid() {
		t.Errorf("Call: got the result of process %d and error %v, want that of %d", p.pid, p.err, w.pid())
	}
}

// expires waits for the end of the caller's time.
func (p *pending) expires(t *testing.T, limit time.Duration) {
	t.Helper()
	p.end(t)
	failed := (*actor.PublishError)(nil)
	if !errors.As(p.err, &failed) || !errors.Is(p.err, actor.ErrOutcomeUnknown) || !errors.Is(p.err, context.DeadlineExceeded) || failed.SafeToRetry() {
		t.Errorf("Call: got %d and error %v, want ErrOutcomeUnknown at its deadline", p.pid, p.err)
	}
	if p.took < limit || p.took > limit+2*time.Second {
		t.Errorf("Call: took %s, want %s", p.took, limit)
	}
}

// callee starts a worker for the ledger's calls and waits until it runs.
func callee(t *testing.T, l *ledger, args ...string) *workerProcess {
	t.Helper()
	w := startWorker(t, l.names(), append([]string{"-broker", l.url, "-metrics", "127.0.0.1:0"}, args...)...)
	w.reaches(w.address(), "running")
	return w
}

// drains ends a worker in good order.
func (w *workerProcess) drains() {
	w.t.Helper()
	w.signal(syscall.SIGTERM)
	w.exits(exitDrained)
}

// nothingLeft checks that every task has run in one of the workers, once.
func (l *ledger) nothingLeft(workers ...*workerProcess) {
	l.t.Helper()
	if a := l.settleOnce(workers...); len(a.left) > 0 {
		l.t.Errorf("got %v left, want nothing", a.left)
	}
}

func TestCallOfAKilledWorkerIsAnsweredByAnother(t *testing.T) {
	for name, restarted := range map[string]bool{"that lives": false, "that is started": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := open(t)
			first := callee(t, l)
			call := l.call(brief, soon)
			first.says("started", call.id)
			var second *workerProcess
			if !restarted {
				second = callee(t, l)
			}
			call.waits(t)
			first.signal(syscall.SIGKILL)
			first.exits(killed)
			if restarted {
				call.waits(t)
				second = callee(t, l)
			}
			second.says("started", call.id)
			second.release()
			call.answeredBy(t, second)
			second.drains()
			l.nothingLeft(second)
		})
	}
}

// Nobody takes the call over in time: its caller is told at its deadline, and a
// worker that comes later does not run it.
func TestCallOfAKilledWorkerEndsAtItsDeadline(t *testing.T) {
	t.Parallel()
	const limit = 3 * time.Second
	l := open(t)
	w := callee(t, l)
	call := l.call(brief, limit)
	w.says("started", call.id)
	w.signal(syscall.SIGKILL)
	w.exits(killed)
	call.expires(t, limit)

	next := callee(t, l)
	next.says("finished", l.send(1, quick)...)
	next.drains()
	if next.said("started")[call.id] > 0 {
		t.Error("got the call run after its deadline, want it dropped")
	}
	delete(l.sent, call.id) // dropped
	l.nothingLeft(w, next)
}

// The worker is told to end: it finishes its call, and leaves the next one to
// another worker.
func TestDrainFinishesItsCall(t *testing.T) {
	t.Parallel()
	l := open(t)
	w := callee(t, l, "-concurrency", "1")
	call := l.call(brief, soon)
	w.says("started", call.id)
	w.signal(syscall.SIGTERM)
	other := callee(t, l)
	after := l.call(quick, soon)
	after.answeredBy(t, other)
	call.waits(t)
	w.release()
	call.answeredBy(t, w)
	w.exits(exitDrained)
	other.drains()
	l.nothingLeft(w, other)
}

// A call that does not end within the drain timeout is another worker's, as long
// as its caller waits.
func TestDrainTimeoutHandsItsCallBack(t *testing.T) {
	t.Parallel()
	l := open(t)
	w := callee(t, l, "-drain-timeout", "200ms")
	const limit = 5 * time.Second
	call := l.call(stuck, limit)
	w.says("started", call.id)
	w.signal(syscall.SIGTERM)
	w.says("cancelled", call.id)
	w.exits(exitFailed)
	call.waits(t)
	other := callee(t, l)
	other.says("started", call.id)
	call.expires(t, limit)
	other.says("cancelled", call.id)
	if why := other.last(); !strings.Contains(why, actor.ErrCallExpired.Error()) {
		t.Errorf("the worker said %q, want the reason %q", why, actor.ErrCallExpired)
	}
	other.drains()
	delete(l.sent, call.id) // it has never finished
	l.nothingLeft(w, other)
}

// The caller loses its connection while the worker, whose own is well, goes on.
func TestCallerThatLosesItsConnectionIsToldAtOnce(t *testing.T) {
	t.Parallel()
	l := open(t)
	w := callee(t, l)
	proxy, through := via(t, l.url)
	transport, err := amqp.Dial(t.Context(), amqp.Config{URL: through})
	if err != nil {
		t.Fatal(err)
	}
	defer transport.Close()
	l.client = actor.NewClient(transport, actor.ClientConfig{})
	call := l.call(brief, time.Hour)
	w.says("started", call.id)
	cut := time.Now()
	proxy.Reset()
	call.end(t)
	if took := time.Since(cut); !errors.Is(call.err, actor.ErrReplyLost) || !errors.Is(call.err, actor.ErrOutcomeUnknown) || took > 2*time.Second {
		t.Errorf("Call: got %v %s after the cut, want ErrReplyLost at once", call.err, took)
	}
	again := l.call(quick, soon)
	again.answeredBy(t, w)
	w.release()
	w.says("finished", call.id) // its reply goes to nobody
	w.drains()
	l.nothingLeft(w)
}
