package actor_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

func TestWorkerDeadLettersWhatIsTooOld(t *testing.T) {
	tests := []struct {
		name    string
		delay   time.Duration
		blocked time.Duration // how long the only slot is taken before
		ran     bool
	}{
		{"in time", 0, 59 * time.Minute, true},
		{"too old", 0, time.Hour + 2*time.Second, false},
		{"counted from when it is due", 2 * time.Hour, 0, true},
		{"due in time", 30 * time.Minute, 89 * time.Minute, true},
		{"due too long ago", 30 * time.Minute, 91 * time.Minute, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				policy := actor.WorkPolicy{MaxAge: new(time.Hour), Timeout: new(time.Duration(0))}
				ran := map[string]bool{}
				s := open(t, policy, actor.WorkerConfig{Concurrency: 1}, 0, func(ctx context.Context, run int) error {
					facts, _ := actor.DeliveryFacts(ctx)
					ran[facts.ID] = true
					if run == 0 {
						time.Sleep(test.blocked)
					}
					return nil
				})
				s.send(s.stub, 0)
				synctest.Wait()
				id := s.send(s.stub, test.delay)
				let(4 * time.Hour)
				if ran[id] != test.ran {
					t.Errorf("got run: %t, want %t", ran[id], test.ran)
				}
				d := s.next(true)
				switch {
				case test.ran && d != nil:
					t.Errorf("got dead letter %q, want none", d.Failure)
				case !test.ran && (d == nil || d.ID != id || d.Attempt != 0 || !strings.Contains(d.Failure, "max-age 1h")):
					t.Errorf("got dead letter %+v, want %s, never run, with the reason", d, id)
				}
			})
		})
	}
}

func TestWorkerRetriesDoNotMakeATaskYounger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		policy := actor.WorkPolicy{MaxAge: new(time.Hour)}
		runs := 0
		s := open(t, policy, actor.WorkerConfig{}, 20*time.Minute, func(context.Context, int) error {
			runs++
			return actor.RetryAfter(25*time.Minute, errors.New("boom")) // in two legs
		})
		id := s.send(s.stub, 20*time.Minute)
		let(24 * time.Hour)
		if runs != 3 { // when due, 25 and 50 minutes later
			t.Errorf("got %d runs, want 3", runs)
		}
		if d := s.next(true); d == nil || d.ID != id || d.Attempt != 3 || !strings.Contains(d.Failure, "max-age 1h") {
			t.Errorf("got dead letter %+v, want %s after 3 runs with the reason", d, id)
		}
	})
}
