package actor_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/memory"
)

// witness is an observer that remembers.
type witness struct {
	mu   sync.Mutex
	seen []actor.Conclusion
}

func (w *witness) observe(c actor.Conclusion) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = append(w.seen, c)
}

func (w *witness) all() []actor.Conclusion {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.seen)
}

// story returns outcome and reason of what was seen.
func (w *witness) story() string {
	var words []string
	for _, c := range w.all() {
		words = append(words, strings.TrimSuffix(string(c.Outcome)+":"+string(c.Reason), ":"))
	}
	return strings.Join(words, " ")
}

var errBoom = errors.New("boom")

func failWith(err error) handle { return func(context.Context, int) error { return err } }

func TestObserversLearnOutcomeAndReason(t *testing.T) {
	once := actor.WorkPolicy{MaxRetries: new(1)}
	never := actor.WorkPolicy{MaxRetries: new(0)}
	short := actor.WorkPolicy{MaxRetries: new(1), Timeout: new(time.Second)}
	unsafe := actor.WorkPolicy{Ack: new(actor.AckNone), Timeout: new(time.Second)}
	untilEnd := func(ctx context.Context, _ int) error { <-ctx.Done(); return ctx.Err() }
	for name, test := range map[string]struct {
		work actor.WorkPolicy
		f    handle
		want string
	}{
		"done":               {once, failWith(nil), "done"},
		"error":              {once, failWith(errBoom), "retried:error dead_lettered:retries_exhausted"},
		"no retries":         {never, failWith(errBoom), "dead_lettered:retries_exhausted"},
		"retry after":        {once, failWith(actor.RetryAfter(time.Hour, errBoom)), "retried:error dead_lettered:retries_exhausted"},
		"rejected":           {once, failWith(actor.Reject(errBoom)), "dead_lettered:rejected"},
		"panic":              {once, func(context.Context, int) error { panic("boom") }, "retried:panic dead_lettered:retries_exhausted"},
		"exit":               {once, func(context.Context, int) error { runtime.Goexit(); return nil }, "retried:panic dead_lettered:retries_exhausted"},
		"timeout":            {short, untilEnd, "retried:timeout dead_lettered:retries_exhausted"},
		"ack=none":           {unsafe, failWith(nil), "done"},
		"ack=none, error":    {unsafe, failWith(errBoom), "dead_lettered:error"},
		"ack=none, timeout":  {unsafe, untilEnd, "dead_lettered:timeout"},
		"ack=none, rejected": {unsafe, failWith(actor.Reject(errBoom)), "dead_lettered:rejected"},
		"error that panics":  {never, failWith((*nilError)(nil)), "dead_lettered:retries_exhausted"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var w witness
				s := open(t, test.work, actor.WorkerConfig{Observers: []actor.Observer{w.observe}}, 0, test.f)
				s.send(s.stub, 0)
				let(48 * time.Hour)
				if got := w.story(); got != test.want {
					t.Errorf("got %q, want %q", got, test.want)
				}
			})
		})
	}
}

// What was never run has a reason too, and shows no time of a run.
func TestObserversLearnWhyNothingWasRun(t *testing.T) {
	mismatch := &actor.DecodeError{Actor: "shop.Work", Kind: actor.ErrSchemaMismatch, Cause: errBoom}
	malformed := &actor.DecodeError{Actor: "shop.Work", Kind: actor.ErrMalformed, Cause: errBoom}
	other := func(e *actor.Envelope) { e.Actor = "shop.Other" }
	as := func(*actor.Envelope) {}
	for name, test := range map[string]struct {
		bind   error
		change func(*actor.Envelope)
		want   string
		known  bool
	}{
		"malformed":    {malformed, as, "dead_lettered:malformed", true},
		"mismatch":     {mismatch, as, "retried:schema_mismatch dead_lettered:schema_mismatch", true},
		"content type": {nil, func(e *actor.Envelope) { e.ContentType = "text/plain" }, "dead_lettered:malformed", true},
		"unknown": {nil, other, // by the default policy of 20 retries
			strings.Repeat("retried:unknown_actor ", 20) + "dead_lettered:unknown_actor", false},
		"too old": {nil, func(e *actor.Envelope) { e.FirstDue = time.Now().Add(-time.Hour) }, "dead_lettered:too_old", true},
		"a leg":   {nil, func(e *actor.Envelope) { e.Remaining = time.Minute }, "forwarded done", true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var w witness
				work := actor.WorkPolicy{MaxRetries: new(1), MaxAge: new(30 * time.Minute)}
				entry := actor.Entry{
					Definition: &actor.Definition{Name: "shop.Work", Queue: actor.Queue{Name: "work"}, Work: work},
					Bind: func(actor.Message) (actor.Task, error) {
						return func(context.Context) error { return nil }, test.bind
					},
				}
				s := openEntry(t, memory.New(memory.Config{}), entry,
					actor.WorkerConfig{Observers: []actor.Observer{w.observe}}, actor.ClientConfig{})
				e := actor.Envelope{ID: "1", Actor: "shop.Work", Queue: &actor.Queue{Name: "work"}, Timeout: time.Second, Confirm: true}
				test.change(&e)
				if errs := s.transport.Publish(t.Context(), []actor.Envelope{e}); errs != nil {
					t.Fatal(errs[0])
				}
				let(10000 * time.Hour)
				if got := w.story(); got != test.want {
					t.Errorf("got %q, want %q", got, test.want)
				}
				for _, c := range w.all() {
					if c.Outcome != actor.TaskDone && (!c.Started.IsZero() || c.Took != 0) {
						t.Errorf("got %s started at %s, want no run", c.Outcome, c.Started)
					}
					if (c.Definition != nil) != test.known || c.Facts.Actor != e.Actor || c.Queue != "work" {
						t.Errorf("got definition %v of actor %q on queue %q, want known %t, %q, work", c.Definition, c.Facts.Actor, c.Queue, test.known, e.Actor)
					}
				}
			})
		})
	}
}

func TestObserversLearnTimesAndDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w witness
		s := open(t, actor.WorkPolicy{}, actor.WorkerConfig{Observers: []actor.Observer{w.observe}}, 0, func(_ context.Context, run int) error {
			time.Sleep(3 * time.Second)
			if run == 0 {
				return actor.RetryAfter(time.Hour, errBoom)
			}
			return nil
		})
		due := time.Now().Add(time.Minute)
		id := s.send(s.stub, time.Minute)
		let(2 * time.Hour)
		got := w.all()
		if len(got) != 2 {
			t.Fatalf("got %d conclusions, want 2", len(got))
		}
		for i, c := range got {
			if c.ID != id || c.Attempt != i || c.Took != 3*time.Second || !c.Due.Equal(due) {
				t.Errorf("got %s at attempt %d for %s, due %s, want %s at %d for 3s, due %s", c.ID, c.Attempt, c.Took, c.Due, id, i, due)
			}
		}
		if !errors.Is(got[0].Err, errBoom) || got[0].Delay != time.Hour || got[1].Err != nil || got[1].Delay != 0 {
			t.Errorf("got errors %v and %v, delays %s and %s", got[0].Err, got[1].Err, got[0].Delay, got[1].Delay)
		}
		if waited := got[0].Started.Sub(due); waited < 0 || waited > time.Second {
			t.Errorf("got it started %s after it was due, want at once", waited)
		}
	})
}

func TestObserversLearnOfWhatGoesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w witness
		cfg := actor.WorkerConfig{Concurrency: 1, Prefetch: 10, DrainTimeout: time.Second, Observers: []actor.Observer{w.observe}}
		s := open(t, actor.WorkPolicy{}, cfg, 0, func(ctx context.Context, _ int) error {
			<-ctx.Done()
			return ctx.Err()
		})
		s.send(s.stub, 0)
		synctest.Wait()
		s.send(s.stub, 0)
		synctest.Wait()
		s.stop()
		got := w.all()
		if w.story() != "handed_back handed_back" || !got[0].Started.IsZero() || got[1].Started.IsZero() {
			t.Errorf("got %+v, want what had not begun handed back, then what had", got)
		}
	})
}

func TestObserversLearnOfLostSessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w witness
		transport := &ackLoser{Transport: memory.New(memory.Config{})}
		transport.lose.Store(1)
		cfg := actor.WorkerConfig{Concurrency: 1, Prefetch: 2, Observers: []actor.Observer{w.observe}}
		s := openOn(t, transport, actor.WorkPolicy{}, cfg, func(_ context.Context, run int) error {
			time.Sleep(time.Second)
			return nil
		})
		s.send(s.stub, 0)
		s.send(s.stub, 0)
		let(time.Hour)
		if got, want := w.story(), "done lost repeated done"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// A dead letter that cannot be published is all that is left of a task with
// ack=none.
func TestObserversLearnWhatWasDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w witness
		transport := &flaky{Transport: memory.New(memory.Config{}), fail: 1_000_000}
		cfg := actor.WorkerConfig{DrainTimeout: time.Second, Observers: []actor.Observer{w.observe}}
		s := openOn(t, transport, actor.WorkPolicy{Ack: new(actor.AckNone)}, cfg, failWith(errBoom))
		s.send(s.stub, 0)
		let(time.Minute)
		s.stop()
		if got, want := w.story(), "dropped:error"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestObserversLearnOfCalls(t *testing.T) {
	short := actor.WorkPolicy{MaxRetries: new(0), Timeout: new(time.Second)}
	for name, test := range map[string]struct {
		f    counter
		want string
	}{
		"result":   {returning(7), "done"},
		"error":    {func(context.Context, int) (int, error) { return 0, errBoom }, "call_failed:error"},
		"rejected": {func(context.Context, int) (int, error) { return 0, actor.Reject(errBoom) }, "call_failed:rejected"},
		"panic":    {func(context.Context, int) (int, error) { panic("boom") }, "call_failed:panic"},
		"timeout":  {func(ctx context.Context, _ int) (int, error) { <-ctx.Done(); return 0, ctx.Err() }, "call_failed:timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var w witness
				shop := calledShop{work: short, worker: actor.WorkerConfig{Observers: []actor.Observer{w.observe}}}
				s := shop.open(t, test.f)
				s.call(within(t, time.Minute))
				synctest.Wait()
				if got := w.story(); got != test.want || !w.all()[0].Called {
					t.Errorf("got %q, want %q, called", got, test.want)
				}
			})
		})
	}
}

// An observer that fails, or ends its goroutine, changes nothing for the tasks
// and for the observers behind it.
func TestObserversCannotHarmTheWorker(t *testing.T) {
	for name, harm := range map[string]actor.Observer{
		"panic": func(actor.Conclusion) { panic("boom") },
		"exit":  func(actor.Conclusion) { runtime.Goexit() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var w witness
				runs := 0
				cfg := actor.WorkerConfig{Concurrency: 1, Observers: []actor.Observer{w.observe, harm, w.observe}}
				s := open(t, actor.WorkPolicy{MaxRetries: new(1)}, cfg, 0, func(_ context.Context, run int) error {
					if runs++; run == 1 {
						return errBoom
					}
					return nil
				})
				for range 3 {
					s.send(s.stub, 0)
				}
				let(time.Hour)
				if err := s.stop(); err != nil || runs != 4 {
					t.Errorf("got %d runs and %v, want 4, three tasks and a retry", runs, err)
				}
				want := map[string]int{"panic": 8, "exit": 4}[name]
				if got := len(w.all()); got != want {
					t.Errorf("got %d conclusions seen by the others, want %d", got, want)
				}
				if d := s.next(false); d != nil {
					t.Errorf("got %s left, want none", d.ID)
				}
			})
		})
	}
}

// An observer that does not return holds up its slot and no drain.
func TestRunEndsThoughAnObserverBlocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		defer close(release)
		cfg := actor.WorkerConfig{Concurrency: 1, Prefetch: 2, DrainTimeout: time.Second,
			Observers: []actor.Observer{func(actor.Conclusion) { <-release }}}
		s := open(t, actor.WorkPolicy{Timeout: new(time.Duration(0))}, cfg, 0, func(context.Context, int) error {
			time.Sleep(20 * time.Minute)
			return nil
		})
		for range 3 {
			s.send(s.stub, 0) // one runs, the others wait in vain
		}
		let(30 * time.Minute)
		began := time.Now()
		s.stop()
		if took := time.Since(began); took > 4*time.Second {
			t.Errorf("got the end after %s, want it within the drain timeout of 1s and 3s", took)
		}
	})
}

func TestLoadTellsWhatRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		transport := memory.New(memory.Config{})
		client := actor.NewClient(transport, actor.ClientConfig{QueuePrefix: "p."})
		definition := &actor.Definition{Name: "shop.Work", Queue: actor.Queue{Name: "work", MaxLength: 100, Concurrency: 3}}
		worker := actor.NewWorker(client, actor.WorkerConfig{Prefetch: 9}, actor.Table{{
			Definition: definition,
			Bind: func(actor.Message) (actor.Task, error) {
				return func(context.Context) error { <-release; return nil }, nil
			},
		}})
		if got := worker.Load(); got != nil {
			t.Errorf("before Run: got %v, want none", got)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- worker.Run(ctx) }()
		s := &shop{t: t}
		for range 2 {
			s.send(actor.NewStub(definition).Via(client), 0)
		}
		synctest.Wait()
		want := fmt.Sprint([]actor.QueueLoad{{Queue: "p.work", Busy: 2, Slots: 3, Prefetch: 9}})
		if got := fmt.Sprint(worker.Load()); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		close(release)
		cancel()
		if err := <-ended; err != nil || worker.Load() != nil {
			t.Errorf("after Run: got %v and %v, want no load", err, worker.Load())
		}
		transport.Close()
	})
}
