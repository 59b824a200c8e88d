package deadletter

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	broker "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
)

func (r *rig) target() Target { return Target{Queue: r.queue} }

// TestRequeueMakesNewTasks: what was a dead letter is a task that has never run.
func TestRequeueMakesNewTasks(t *testing.T) {
	r := newRig(t, actor.Queue{})
	sent := time.Now().Add(-time.Hour).Truncate(time.Microsecond)
	r.publish(r.queue.DeadLetterName(), broker.Publishing{
		MessageId: "id", Type: "task", ContentType: actor.ContentType, Body: []byte("body"), Priority: 7, Headers: broker.Table{
			"actor-attempt": int64(20), "actor-error": "boom", "actor-failed-at": sent.UnixMicro(), "actor-first-sent": sent.UnixMicro(),
			"actor-first-due": sent.UnixMicro(), "user": "kept", "x-death": []any{broker.Table{"reason": "expired", "queue": "x"}},
		}})
	before := time.Now().Truncate(time.Microsecond)
	reader := r.open(r.connect(r.url))
	result, err := Requeue(t.Context(), reader, r.transport(r.url), r.target(), Selection{}, nil)
	r.close(reader)
	if want := (Result{Requeued: 1}); err != nil || result != want {
		t.Fatalf("got %+v, %v, want %+v", result, err, want)
	}
	r.await(r.queue.DeadLetterName(), 0)
	d := r.drain(r.queue.Name, 1)[0]
	if d.MessageId != "id" || d.Type != "task" || d.ContentType != actor.ContentType || string(d.Body) != "body" || d.Priority != 7 ||
		d.DeliveryMode != broker.Persistent {
		t.Errorf("got %+v", d)
	}
	due, _ := d.Headers["actor-first-due"].(int64)
	if at := time.UnixMicro(due); at.Before(before) || at.After(time.Now()) {
		t.Errorf("got first due %s, want now", at)
	}
	delete(d.Headers, "actor-first-due")
	delete(d.Headers, "x-delivery-count")
	if len(d.Headers) != 2 || d.Headers["user"] != "kept" || d.Headers["actor-first-sent"] != sent.UnixMicro() {
		t.Errorf("got headers %v, want the user's and the first sending", d.Headers)
	}
}

// TestRequeueSelects: what is not meant stays, in its order.
func TestRequeueSelects(t *testing.T) {
	r := newRig(t, actor.Queue{})
	const n = 4 * prefetch
	r.letters(n)
	odd := func(l *Letter) bool { return strings.ContainsAny(l.ID[len(l.ID)-1:], "13579") }
	var wantWork, wantDead []string
	for _, id := range numbers(0, n) {
		if last := id[len(id)-1]; last%2 == 1 && len(wantWork) < n/4 {
			wantWork = append(wantWork, id)
		} else {
			wantDead = append(wantDead, id)
		}
	}
	reader := r.open(r.connect(r.url))
	told := 0
	result, err := Requeue(t.Context(), reader, r.transport(r.url), r.target(), Selection{Match: odd, Limit: n / 4}, func(so Result) {
		if so.Requeued < told {
			t.Errorf("got %d requeued after %d", so.Requeued, told)
		}
		told = so.Requeued
	})
	r.close(reader)
	if want := (Result{Requeued: n / 4}); err != nil || result != want || told != n/4 {
		t.Errorf("got %+v, %v, told %d, want %+v", result, err, told, want)
	}
	r.same("work", ids(r.drain(r.queue.Name, len(wantWork))), wantWork)
	r.same("dead", ids(r.drain(r.queue.DeadLetterName(), len(wantDead))), wantDead)
}

// TestRequeueOnce: tasks that fail again at once do not go round, whatever else
// leaves the queue meanwhile.
func TestRequeueOnce(t *testing.T) {
	r := newRig(t, actor.Queue{})
	const n = 2 * prefetch
	r.letters(n)
	reader := r.open(r.connect(r.url))
	failed := 0
	result, err := Requeue(t.Context(), reader, r.transport(r.url), r.target(), Selection{}, func(so Result) {
		// A worker that fails at once; and, first, somebody who takes letters away.
		if failed == 0 {
			for range prefetch / 4 {
				if _, _, err := r.ch.Get(r.queue.DeadLetterName(), true); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, d := range r.drain(r.queue.Name, so.Requeued-failed) {
			failed++
			r.publish(r.queue.DeadLetterName(), broker.Publishing{MessageId: d.MessageId})
		}
	})
	r.close(reader)
	want := Result{Requeued: n - prefetch/4, Repeated: prefetch / 4}
	if err != nil || result != want || failed != want.Requeued {
		t.Errorf("got %+v, %v, %d failed, want %+v", result, err, failed, want)
	}
	dead := sorted(ids(r.drain(r.queue.DeadLetterName(), want.Requeued)))
	if len(slices.Compact(dead)) != want.Requeued {
		t.Errorf("got %d dead letters, want each of %d once", len(dead), want.Requeued)
	}
}

// TestRequeueIntoTrouble: what the queue does not take stays a dead letter.
func TestRequeueIntoTrouble(t *testing.T) {
	for name, c := range map[string]struct {
		queue   actor.Queue
		prepare func(*rig)
		want    error
		most    int // in the work queue; quorum queues count a little late
	}{
		"full queue": {actor.Queue{MaxLength: 10}, func(*rig) {}, actor.ErrNacked, batchLetters},
		"missing queue": {actor.Queue{}, func(r *rig) {
			if _, err := r.ch.QueueDelete(r.queue.Name, false, false, false); err != nil {
				r.Fatal(err)
			}
		}, actor.ErrUnroutable, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, c.queue)
			const n = 2 * prefetch
			r.letters(n)
			c.prepare(r)
			reader := r.open(r.connect(r.url))
			result, err := Requeue(t.Context(), reader, r.transport(r.url), r.target(), Selection{}, nil)
			r.close(reader)
			if !errors.Is(err, c.want) || result.Requeued > c.most || result.Refused == 0 || result.Refused+result.Requeued > 2*batchLetters {
				t.Errorf("got %+v, %v, want %v", result, err, c.want)
			}
			var work []string
			if c.most > 0 {
				work = ids(r.drain(r.queue.Name, result.Requeued))
			}
			dead := ids(r.drain(r.queue.DeadLetterName(), n-result.Requeued))
			r.same("all", sorted(append(work, dead...)), sorted(numbers(0, n)))
		})
	}
}

// TestRequeuePassesOver: a letter that no broker would take does not keep the others.
func TestRequeuePassesOver(t *testing.T) {
	r := newRig(t, actor.Queue{})
	r.publish(r.queue.DeadLetterName(), broker.Publishing{MessageId: "bad", Headers: broker.Table{"table": broker.Table{"in": "it"}}})
	r.letters(3)
	reader := r.open(r.connect(r.url))
	result, err := Requeue(t.Context(), reader, r.transport(r.url), r.target(), Selection{}, nil)
	r.close(reader)
	if want := (Result{Requeued: 3, Refused: 1}); err != nil || result != want {
		t.Errorf("got %+v, %v, want %+v", result, err, want)
	}
	r.same("dead", ids(r.drain(r.queue.DeadLetterName(), 1)), []string{"bad"})
}

// hooked is a transport that does something before it publishes.
type hooked struct {
	actor.Transport
	before func()
}

func (h hooked) Publish(ctx context.Context, batch []actor.Envelope) []error {
	h.before()
	return h.Transport.Publish(ctx, batch)
}

// TestRequeueInterrupted: what is under way is finished, the rest stays, and
// nothing is in both queues.
func TestRequeueInterrupted(t *testing.T) {
	r := newRig(t, actor.Queue{})
	const n = 4 * prefetch
	r.letters(n)
	ctx, cancel := context.WithCancel(t.Context())
	reader := r.open(r.connect(r.url))
	published := 0
	transport := hooked{r.transport(r.url), func() {
		if published += batchLetters; published > n/2 { // in the middle of a batch
			cancel()
		}
	}}
	result, err := Requeue(ctx, reader, transport, r.target(), Selection{}, nil)
	r.close(reader)
	if !errors.Is(err, context.Canceled) || result.Requeued <= n/2 || result != (Result{Requeued: result.Requeued}) {
		t.Errorf("got %+v, %v, want more than %d requeued", result, err, n/2)
	}
	r.same("work", ids(r.drain(r.queue.Name, result.Requeued)), numbers(0, result.Requeued))
	r.same("dead", ids(r.drain(r.queue.DeadLetterName(), n-result.Requeued)), numbers(result.Requeued, n))
}

func TestPurge(t *testing.T) {
	r := newRig(t, actor.Queue{})
	const n = 3*purgeBatch + 5
	r.letters(n)
	reader := r.open(r.connect(r.url))
	removed, err := Purge(t.Context(), reader, Selection{Match: func(l *Letter) bool { return l.Attempt == 3 }}, nil)
	r.close(reader)
	var left []string
	for i, id := range numbers(0, n) {
		if i%7+1 != 3 {
			left = append(left, id)
		}
	}
	if err != nil || removed != n-len(left) {
		t.Errorf("got %d, %v, want %d", removed, err, n-len(left))
	}
	r.same("left", r.read(), left)
}

// TestPurgeInterrupted: what was removed until then is gone, and no more.
func TestPurgeInterrupted(t *testing.T) {
	r := newRig(t, actor.Queue{})
	const n = 2*purgeBatch + 5
	r.letters(n)
	ctx, cancel := context.WithCancel(t.Context())
	reader := r.open(r.connect(r.url))
	removed, err := Purge(ctx, reader, Selection{}, func(int) { cancel() })
	r.close(reader)
	if !errors.Is(err, context.Canceled) || removed != purgeBatch {
		t.Errorf("got %d, %v, want %d", removed, err, purgeBatch)
	}
	r.same("left", ids(r.drain(r.queue.DeadLetterName(), n-purgeBatch)), numbers(purgeBatch, n))
}
