package metrics_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/memory"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

var errBoom = errors.New("boom")

// failing returns a task that is retried so often, a moment after it failed.
func failing(queue actor.Queue, name string, retries int, err error) *task {
	return &task{
		Definition: actor.Definition{Name: name, Queue: queue, Work: actor.WorkPolicy{
			MaxRetries: &retries, MinBackoff: new(10 * time.Millisecond), MaxBackoff: new(10 * time.Millisecond),
			Timeout: new(50 * time.Millisecond),
		}},
		run: func(context.Context) error { return err },
	}
}

// Every way into the dead-letter queue, and every retry, is counted by its reason,
// on a real broker.
func TestFailuresAreCountedByReason(t *testing.T) {
	r := openBroker(t, amqp.Config{URL: rabbittest.URL(t)})
	queue := actor.Queue{Name: rabbittest.Prefix(t) + "work"}
	rejected := failing(queue, "shop.Rejected", 3, actor.Reject(errBoom))
	exhausted := failing(queue, "shop.Exhausted", 1, errBoom)
	panicking := failing(queue, "shop.Panicking", 1, nil)
	panicking.run = func(context.Context) error { panic("boom") }
	slow := failing(queue, "shop.Slow", 1, nil)
	slow.run = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	malformed := failing(queue, "shop.Malformed", 3, nil)
	malformed.unread = &actor.DecodeError{Actor: "shop.Malformed", Kind: actor.ErrMalformed, Cause: errBoom}
	mismatch := failing(queue, "shop.Mismatch", 1, nil)
	mismatch.unread = &actor.DecodeError{Actor: "shop.Mismatch", Kind: actor.ErrSchemaMismatch, Cause: errBoom}
	old := failing(queue, "shop.Old", 3, nil)
	old.Work.MaxAge = new(time.Nanosecond)
	unsafe := failing(queue, "shop.Unsafe", 3, errBoom)
	unsafe.Work.Ack = new(actor.AckNone)
	tasks := []*task{rejected, exhausted, panicking, slow, malformed, mismatch, old, unsafe}
	r.work(tasks...)

	of := func(metric, name, reason string) string {
		return fmt.Sprintf("actorgen_%s_total{actor=%q,queue=%q,reason=%q}", metric, name, queue.Name, reason)
	}
	r.is(0, of("dead_letters", "shop.Rejected", "rejected"), of("dead_letters", "shop.Old", "too_old")) // there before the first
	for _, k := range tasks {
		if k == old {
			continue
		}
		r.mustSend(&k.Definition)
	}
	stranger := actor.Definition{Name: "shop.Stranger", Queue: queue}
	r.mustSend(&stranger)
	sendAged(t, r, old)
	r.reaches(1,
		of("dead_letters", "shop.Rejected", "rejected"),
		of("dead_letters", "shop.Exhausted", "retries_exhausted"), of("retries", "shop.Exhausted", "error"),
		of("dead_letters", "shop.Panicking", "retries_exhausted"), of("retries", "shop.Panicking", "panic"),
		of("dead_letters", "shop.Slow", "retries_exhausted"), of("retries", "shop.Slow", "timeout"),
		of("dead_letters", "shop.Malformed", "malformed"),
		of("dead_letters", "shop.Mismatch", "schema_mismatch"), of("retries", "shop.Mismatch", "schema_mismatch"),
		of("dead_letters", "shop.Old", "too_old"),
		of("dead_letters", "shop.Unsafe", "error"),
		of("retries", "(unknown)", "unknown_actor"),
	)
	for series := range gathered(t, r.registry) {
		if strings.Contains(series, "Stranger") && !strings.HasPrefix(series, "actorgen_send") {
			t.Errorf("got %s, want no label from a name that came over the wire", series)
		}
	}
}

// sendAged sends a message that was due long ago.
func sendAged(t *testing.T, r *rig, k *task) {
	t.Helper()
	if errs := r.transport.Publish(t.Context(), []actor.Envelope{{
		ID: "aged", Actor: k.Name, Queue: &k.Queue, Priority: actor.NoPriority, Confirm: true, Mandatory: true, Persistent: true,
		Timeout: soon, FirstSent: time.Now().Add(-time.Hour),
	}}); errs != nil {
		t.Fatal(errs[0])
	}
}

// The time that a message waited is counted once, from when it was due.
func TestRunsAreTimed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, memory.New(memory.Config{}))
		k := failing(actor.Queue{Name: "work"}, "shop.Work", 1, errBoom)
		k.Work.Timeout = nil
		k.run = func(context.Context) error { time.Sleep(3 * time.Second); return errBoom }
		stop := r.work(k)
		if err := r.send(&k.Definition, actor.At(time.Now().Add(time.Hour))); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Hour)
		stop()
		families, err := r.registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range families {
			h := f.GetMetric()[0].GetHistogram()
			switch f.GetName() {
			case "actorgen_task_duration_seconds":
				if h.GetSampleCount() != 2 || h.GetSampleSum() != 6 {
					t.Errorf("got %d runs of %v seconds together, want 2 of 6", h.GetSampleCount(), h.GetSampleSum())
				}
			case "actorgen_task_wait_seconds":
				if h.GetSampleCount() != 1 || h.GetSampleSum() > 1 {
					t.Errorf("got %d waits of %v seconds together, want one under 1", h.GetSampleCount(), h.GetSampleSum())
				}
			}
		}
	})
}

func TestWorkersShowStateAndLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		r := open(t, memory.New(memory.Config{}))
		k := &task{Definition: actor.Definition{Name: "shop.Work", Queue: actor.Queue{Name: "work", Concurrency: 3, Prefetch: 5}}}
		k.run = func(context.Context) error { <-release; return nil }
		stop := r.work(k)
		for range 2 {
			r.mustSend(&k.Definition)
		}
		synctest.Wait()
		r.is(2, `actorgen_slots_busy{queue="work"}`)
		r.is(3, `actorgen_slots{queue="work"}`)
		r.is(5, `actorgen_prefetch{queue="work"}`)
		r.is(0, `actorgen_worker_state{state="draining"}`)
		close(release)
		stop()
		r.is(1, `actorgen_worker_state{state="closed"}`)
		r.is(0, `actorgen_worker_state{state="running"}`)
	})
}
