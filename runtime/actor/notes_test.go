package actor_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

func TestSetHeaderReachesTheNextRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []map[string]any
		policy := actor.WorkPolicy{MaxRetries: new(1)}
		s := open(t, policy, actor.WorkerConfig{}, 0, func(ctx context.Context, run int) error {
			facts, _ := actor.DeliveryFacts(ctx)
			before := maps.Clone(facts.Headers)
			for name, value := range map[string]any{"run": run, "tenant": []byte{0xff}} {
				if err := actor.SetHeader(ctx, name, value); err != nil {
					t.Errorf("SetHeader: got %v, want nil", err)
				}
			}
			if facts, _ := actor.DeliveryFacts(ctx); !reflect.DeepEqual(facts.Headers, before) {
				t.Errorf("headers of the run after SetHeader: got %v, want %v", facts.Headers, before)
			}
			seen = append(seen, before)
			return errors.New("boom")
		})
		s.send(s.stub.With(actor.Header("tenant", "eu"), actor.Header("kept", "yes")), 0)
		dead := s.next(true)
		let(0)
		want := []map[string]any{{"tenant": "eu", "kept": "yes"}, {"tenant": []byte{0xff}, "kept": "yes", "run": int64(0)}}
		if !reflect.DeepEqual(seen, want) {
			t.Errorf("headers of the runs: got %v, want %v", seen, want)
		}
		want[1]["run"] = int64(1)
		if dead == nil || !reflect.DeepEqual(dead.Headers, want[1]) {
			t.Errorf("dead letter: got %+v, want one with headers %v", dead, want[1])
		}
	})
}

func TestSetHeaderRefuses(t *testing.T) {
	if err := actor.SetHeader(t.Context(), "a", 1); err == nil {
		t.Error("SetHeader outside a handler: got nil, want an error")
	}
	for _, test := range []struct {
		name  string
		value any
		want  string
	}{
		{"", 1, "1 to 255 are allowed"},
		{strings.Repeat("x", 256), 1, "1 to 255 are allowed"},
		{"CC", "queue", "reserved"},
		{"x-death", "queue", "reserved"},
		{"Actor-attempt", 1, "reserved"},
		{"float", 1.5, "float64"},
		{"nothing", nil, "nil"},
		{"table", map[string]any{}, "map"},
		{"long", strings.Repeat("x", 12<<10), "are allowed"},
		{"and another", strings.Repeat("x", 8<<10), "are allowed"}, // beside the one that fits
	} {
		synctest.Test(t, func(t *testing.T) {
			var got error
			policy := actor.WorkPolicy{MaxRetries: new(0)}
			s := open(t, policy, actor.WorkerConfig{}, 0, func(ctx context.Context, _ int) error {
				if err := actor.SetHeader(ctx, "fits", strings.Repeat("x", 8<<10)); err != nil {
					t.Errorf("SetHeader of 8 KiB: got %v, want nil", err)
				}
				got = actor.SetHeader(ctx, test.name, test.value)
				return errors.New("boom")
			})
			s.send(s.stub, 0)
			d := s.next(true)
			if got == nil || !strings.Contains(got.Error(), test.want) || len(got.Error()) > 200 {
				t.Errorf("SetHeader(%.20q): got %v, want a short error with %q", test.name, got, test.want)
			}
			if d == nil || len(d.Headers) != 1 {
				t.Errorf("dead letter: got %v, want one with the header that fits alone", d)
			}
		})
	}
}

// SetHeader may be called by many goroutines of a task, even by one that
// outlives it.
func TestSetHeaderConcurrently(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		policy := actor.WorkPolicy{MaxRetries: new(0)}
		var all sync.WaitGroup
		s := open(t, policy, actor.WorkerConfig{}, 0, func(ctx context.Context, _ int) error {
			for i := range 8 {
				all.Go(func() { actor.SetHeader(ctx, fmt.Sprint("early ", i), i) })
			}
			all.Wait()
			for i := range 8 {
				all.Go(func() { actor.SetHeader(ctx, fmt.Sprint("late ", i), i) })
			}
			return errors.New("boom")
		})
		s.send(s.stub, 0)
		d := s.next(true)
		all.Wait()
		if d == nil {
			t.Fatal("got no dead letter")
		}
		for i := range 8 {
			if got := d.Headers[fmt.Sprint("early ", i)]; got != int64(i) {
				t.Errorf("header of goroutine %d: got %v, want %d", i, got, i)
			}
		}
	})
}

// What succeeds leaves nothing behind, whatever was set.
func TestSetHeaderOfASuccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, actor.WorkPolicy{}, actor.WorkerConfig{}, 0, func(ctx context.Context, _ int) error {
			return actor.SetHeader(ctx, "note", "none reads it")
		})
		s.send(s.stub, 0)
		s.nothingLeft()
	})
}

func TestMessageSetHeader(t *testing.T) {
	shared := actor.NewStub(&actor.Definition{Name: "shop.Work"}).With(actor.Header("tenant", "eu"))
	s := &shop{t: t}
	first, second := s.message(shared), s.message(shared)
	if err := first.SetHeader("n", 1); err != nil {
		t.Fatal(err)
	}
	var invalid *actor.InvalidMessageError
	if err := first.SetHeader("x-match", "all"); !errors.As(err, &invalid) {
		t.Errorf("SetHeader of a reserved name: got %v, want an *InvalidMessageError", err)
	}
	if want := map[string]any{"tenant": "eu", "n": 1}; !reflect.DeepEqual(first.Headers, want) {
		t.Errorf("headers: got %v, want %v", first.Headers, want)
	}
	if want := map[string]any{"tenant": "eu"}; !reflect.DeepEqual(second.Headers, want) {
		t.Errorf("headers of another message of the stub: got %v, want %v", second.Headers, want)
	}
}

func TestOnConclusion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var told []string
		tell := func(who string) actor.Observer {
			return func(c actor.Conclusion) {
				mu.Lock()
				defer mu.Unlock()
				told = append(told, fmt.Sprintf("%s: %s after %s", who, c.Outcome, c.Took))
			}
		}
		policy := actor.WorkPolicy{MaxRetries: new(1)}
		cfg := actor.WorkerConfig{Observers: []actor.Observer{tell("worker")}}
		s := open(t, policy, cfg, 0, func(ctx context.Context, run int) error {
			if run == 0 {
				return errors.New("not observed by itself")
			}
			time.Sleep(time.Second)
			for _, who := range []string{"first", "second"} {
				if err := actor.OnConclusion(ctx, tell(who)); err != nil {
					t.Errorf("OnConclusion: got %v, want nil", err)
				}
			}
			return errors.New("boom")
		})
		s.send(s.stub, 0)
		let(time.Hour)
		want := []string{"worker: retried after 0s", "second: dead_lettered after 1s", "first: dead_lettered after 1s", "worker: dead_lettered after 1s"}
		if !reflect.DeepEqual(told, want) {
			t.Errorf("got %q, want %q", told, want)
		}
		if err := actor.OnConclusion(t.Context(), tell("nobody")); err == nil {
			t.Error("OnConclusion outside a handler: got nil, want an error")
		}
	})
}

// A run may be observed where its worker has no observer.
func TestOnConclusionAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var took time.Duration
		s := open(t, actor.WorkPolicy{}, actor.WorkerConfig{}, 0, func(ctx context.Context, _ int) error {
			time.Sleep(time.Second)
			return actor.OnConclusion(ctx, func(c actor.Conclusion) { took = c.Took })
		})
		s.send(s.stub, 0)
		let(time.Minute)
		if took != time.Second {
			t.Errorf("got a run of %s, want one of 1s", took)
		}
	})
}
