package actor_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/memory"
)

func TestWorkerRunsEachTaskOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		ran := make(map[string]int)
		s := open(t, actor.WorkPolicy{}, actor.WorkerConfig{}, 0, func(ctx context.Context, _ int) error {
			facts, _ := actor.DeliveryFacts(ctx)
			mu.Lock()
			defer mu.Unlock()
			ran[facts.ID]++
			return nil
		})
		for range 500 {
			s.send(s.stub, 0)
		}
		synctest.Wait()
		if err := s.stop(); err != nil {
			t.Fatal(err)
		}
		if len(ran) != 500 {
			t.Errorf("got %d tasks run, want 500", len(ran))
		}
		for id, n := range ran {
			if n != 1 {
				t.Errorf("task %s ran %d times, want once", id, n)
			}
		}
		if d := s.next(false); d != nil {
			t.Errorf("got %s still queued, want an empty queue", d.ID)
		}
	})
}

func TestWorkerRetriesWithBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var times []time.Time
		var facts []actor.Facts
		policy := actor.WorkPolicy{MinBackoff: new(time.Minute), MaxBackoff: new(time.Hour)}
		s := open(t, policy, actor.WorkerConfig{}, 0, func(ctx context.Context, run int) error {
			f, _ := actor.DeliveryFacts(ctx)
			times, facts = append(times, time.Now()), append(facts, f)
			if run < 3 {
				return errors.New("boom")
			}
			return nil
		})
		id := s.send(s.stub.With(actor.Header("tenant", "eu")), 0)
		let(time.Hour)
		if len(times) != 4 {
			t.Fatalf("got %d runs, want 4", len(times))
		}
		for i, f := range facts {
			if f.ID != id || f.Attempt != i || f.Headers["tenant"] != "eu" || !f.FirstSent.Equal(facts[0].FirstSent) {
				t.Errorf("run %d: got %+v, want ID %s, attempt %d, the header and one first-sent time", i, f, id, i)
			}
		}
		for i, least := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute} {
			most := 2 * least
			least = max(time.Minute, least*4/5) // a wait is rounded down to three significant bits
			if waited := times[i+1].Sub(times[i]); waited < least || waited > most {
				t.Errorf("retry %d: got a wait of %s, want within %s and %s", i, waited, least, most)
			}
		}
		if d := s.next(true); d != nil {
			t.Errorf("got dead letter %s, want none", d.ID)
		}
	})
}

func TestWorkerDeadLetters(t *testing.T) {
	boom := errors.New("boom")
	tests := []struct {
		name    string
		policy  actor.WorkPolicy
		f       handle
		runs    int
		failure string
	}{
		{"when the retries are exhausted", actor.WorkPolicy{MaxRetries: new(2)},
			func(context.Context, int) error { return boom }, 3, "boom"},
		{"when rejected", actor.WorkPolicy{},
			func(context.Context, int) error { return actor.Reject(boom) }, 1, "rejected: boom"},
		{"after panics", actor.WorkPolicy{MaxRetries: new(1)},
			func(context.Context, int) error { panic("no such index") }, 2, "panic: no such index"},
		{"after timeouts", actor.WorkPolicy{MaxRetries: new(0), Timeout: new(time.Minute)},
			func(ctx context.Context, _ int) error { <-ctx.Done(); return ctx.Err() }, 1, "handler timeout exceeded"},
		{"when an at-most-once task fails", actor.WorkPolicy{Ack: new(actor.AckNone)},
			func(context.Context, int) error { return boom }, 1, "boom"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				runs := 0
				s := open(t, test.policy, actor.WorkerConfig{}, 0, func(ctx context.Context, run int) error {
					runs++
					return test.f(ctx, run)
				})
				id := s.send(s.stub, 0)
				let(24 * time.Hour)
				d := s.next(true)
				if d == nil {
					t.Fatalf("got no dead letter after %d runs, want %s", runs, id)
				}
				if d.ID != id || d.Attempt != test.runs || runs != test.runs || !strings.Contains(d.Failure, test.failure) {
					t.Errorf("got %s, attempt %d, %d runs, %q; want %s, attempt %d, %d runs, %q",
						d.ID, d.Attempt, runs, d.Failure, id, test.runs, test.runs, test.failure)
				}
				if d.FirstSent.IsZero() || d.FailedAt.IsZero() || d.FailedAt.Before(d.FirstSent) {
					t.Errorf("got first sent %s, failed at %s; want both, in this order", d.FirstSent, d.FailedAt)
				}
				if d := s.next(false); d != nil {
					t.Error("got the original still queued, want it acknowledged")
				}
			})
		})
	}
}

func TestWorkerDeadLettersForeignMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, actor.WorkPolicy{}, actor.WorkerConfig{}, 0, func(context.Context, int) error { return nil })
		queue := &actor.Queue{Name: "work"}
		foreign := []actor.Envelope{
			{ID: "json", Actor: "shop.Work", ContentType: "application/json", Body: []byte(`{}`), Queue: queue},
			{ID: "unknown", Actor: "shop.Other", Body: []byte{0x80}, Queue: queue},
		}
		for i := range foreign {
			e := &foreign[i]
			e.Confirm, e.Mandatory, e.Persistent, e.Timeout, e.Priority = true, true, true, time.Second, actor.NoPriority
		}
		if errs := s.transport.Publish(t.Context(), foreign); errs != nil {
			t.Fatal(errs)
		}
		let(60 * 24 * time.Hour) // an unknown actor is retried first: a deploy may be under way
		got := map[string]string{}
		for range foreign {
			if d := s.next(true); d != nil {
				got[d.ID] = d.ContentType + " " + d.Failure
			}
		}
		if want := "application/json rejected: content type"; !strings.HasPrefix(got["json"], want) {
			t.Errorf("json: got %q, want %q…", got["json"], want)
		}
		if want := `unknown actor "shop.Other"`; !strings.Contains(got["unknown"], want) {
			t.Errorf("unknown actor: got %q, want %q", got["unknown"], want)
		}
	})
}

func TestWorkerRetryLongerThanMaxDelayIsNeitherLostNorEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const maxDelay, wait = time.Minute, 10*time.Minute + 7*time.Second
		var times []time.Time
		s := open(t, actor.WorkPolicy{}, actor.WorkerConfig{}, maxDelay, func(_ context.Context, run int) error {
			times = append(times, time.Now())
			if run == 0 {
				return actor.RetryAfter(wait, errors.New("later"))
			}
			return nil
		})
		s.send(s.stub, 0)
		let(time.Hour)
		if len(times) != 2 {
			t.Fatalf("got %d runs, want 2", len(times))
		}
		if waited := times[1].Sub(times[0]); waited < wait || waited > wait+time.Second {
			t.Errorf("got a wait of %s, want %s", waited, wait)
		}
	})
}

func TestWorkerQuietQueueIsNotStarved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var quiet time.Time
		table := actor.Table{}
		for _, name := range []string{"flood", "quiet"} {
			table = append(table, actor.Entry{
				Definition: &actor.Definition{Name: name, Queue: actor.Queue{Name: name}},
				Bind: func(actor.Message) (actor.Task, error) {
					return func(context.Context) error {
						time.Sleep(time.Second)
						if name == "quiet" {
							quiet = time.Now()
						}
						return nil
					}, nil
				},
			})
		}
		transport := memory.New(memory.Config{})
		client := actor.NewClient(transport, actor.ClientConfig{})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			ended <- actor.NewWorker(client, actor.WorkerConfig{Concurrency: 4, Prefetch: 100, Logger: slog.New(slog.DiscardHandler)}, table).Run(ctx)
		}()
		s := &shop{t: t}
		for range 400 {
			s.send(actor.NewStub(table[0].Definition).Via(client), 0)
		}
		let(3 * time.Second)
		sent := time.Now()
		s.send(actor.NewStub(table[1].Definition).Via(client), 0)
		let(10 * time.Second)
		if quiet.IsZero() || quiet.Sub(sent) > 4*time.Second {
			t.Errorf("the quiet queue's task ended %s after it was sent, want within 4s", quiet.Sub(sent))
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		transport.Close()
	})
}

func TestWorkerMiddlewareWrapsTheTaskFirstOutermost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var order []string
		wrap := func(name string) actor.Middleware {
			return func(next actor.Handler) actor.Handler {
				return func(ctx context.Context, m actor.Message) error {
					order = append(order, name+" "+m.Actor)
					return next(ctx, m)
				}
			}
		}
		cfg := actor.WorkerConfig{Middleware: []actor.Middleware{wrap("outer"), wrap("inner")}}
		s := open(t, actor.WorkPolicy{}, cfg, 0, func(context.Context, int) error {
			order = append(order, "task")
			return nil
		})
		s.send(s.stub, 0)
		synctest.Wait()
		if want := []string{"outer shop.Work", "inner shop.Work", "task"}; !slices.Equal(order, want) {
			t.Errorf("got %q, want %q", order, want)
		}
	})
}

func TestWorkerGivesHandlersItsClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var followUp error
		var runs int
		var stub actor.Stub
		s := open(t, actor.WorkPolicy{}, actor.WorkerConfig{}, 0, func(ctx context.Context, run int) error {
			runs++
			if run == 0 {
				e := actor.NewEncoder()
				e.Map(0)
				m, _ := stub.Message(e)
				followUp = stub.Send(ctx, m)
			}
			return nil
		})
		stub = actor.NewStub(s.stub.Definition()) // with no client of its own
		s.send(s.stub, 0)
		let(time.Second)
		if followUp != nil || runs != 2 {
			t.Errorf("got %v and %d runs, want a follow-up task sent from the handler", followUp, runs)
		}
	})
}

// nilError is an error whose text panics where it is nil.
type nilError struct{ text string }

func (e *nilError) Error() string { return e.text }

func TestWorkerSurvivesAnErrorThatPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, actor.WorkPolicy{MaxRetries: new(0)}, actor.WorkerConfig{}, 0, func(context.Context, int) error {
			var err *nilError
			return err
		})
		id := s.send(s.stub, 0)
		if d := s.next(true); d == nil || d.ID != id || !strings.HasPrefix(d.Failure, "panic: ") {
			t.Errorf("got %+v, want dead letter %s with the panic", d, id)
		}
	})
}

func TestWorkerSurvivesAPanicWhileDecoding(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		definition := &actor.Definition{Name: "shop.Work", Queue: actor.Queue{Name: "work"}, Work: actor.WorkPolicy{MaxRetries: new(0)}}
		table := actor.Table{{Definition: definition, Bind: func(actor.Message) (actor.Task, error) { panic("unmarshal") }}}
		transport := memory.New(memory.Config{})
		client := actor.NewClient(transport, actor.ClientConfig{})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			ended <- actor.NewWorker(client, actor.WorkerConfig{Logger: slog.New(slog.DiscardHandler)}, table).Run(ctx)
		}()
		s := &shop{t: t, transport: transport}
		id := s.send(actor.NewStub(definition).Via(client), 0)
		if d := s.next(true); d == nil || d.ID != id || d.Failure != "panic: unmarshal" {
			t.Errorf("got %+v, want dead letter %s", d, id)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		transport.Close()
	})
}
