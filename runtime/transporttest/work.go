package transporttest

import (
	"context"
	"errors"
	"reflect"
	"sync/atomic"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// working are promises that a worker keeps on every transport.
var working = []promise{
	{"a failed task of a full queue runs again while that is full", func(s *scene) {
		for _, delay := range []time.Duration{0, 300 * time.Millisecond} {
			t, q := s.open(), s.limited(2)
			first := s.envelope(q)
			s.send(t, first)
			fail, again := make(chan struct{}), make(chan struct{})
			w := s.work(t, q, func(ctx context.Context, facts actor.Facts) error {
				switch {
				case facts.ID != first.ID:
					return s.await(ctx, again)
				case facts.Attempt == 0:
					if err := s.await(ctx, fail); err != nil {
						return err
					}
					return actor.RetryAfter(delay, errors.New("not yet"))
				}
				close(again)
				return nil
			})
			w.awaitRun(first)
			confirmed := s.fill(t, q) // the worker takes some of them at once
			close(fail)
			w.awaitDone(append(confirmed, first)...)
			w.stop()
			if runs := w.runs(first); runs != 2 {
				s.Errorf("runs of the task that failed once: got %d, want 2", runs)
			}
			s.allEmpty(t, q)
		}
	}},
	{"a delayed task of a limited queue runs", func(s *scene) {
		t, q := s.open(), s.limited(1)
		w := s.work(t, q, func(_ context.Context, facts actor.Facts) error {
			if facts.Queue != q.Name {
				s.Errorf("facts: got queue %q, want %q", facts.Queue, q.Name)
			}
			return nil
		})
		e := s.envelope(q)
		e.Delay = 300 * time.Millisecond
		s.send(t, e)
		w.awaitDone(e)
		w.stop()
		s.allEmpty(t, q)
	}},
	{"a retry and a dead letter have the headers that the failed run has set", func(s *scene) {
		t, q := s.open(), s.queue()
		w := s.work(t, q, func(ctx context.Context, facts actor.Facts) error {
			if want := int64(facts.Attempt - 1); facts.Attempt > 0 && facts.Headers["failed run"] != want {
				s.Errorf("header of the run before: got %v, want %d", facts.Headers["failed run"], want)
			}
			for name, value := range map[string]any{"failed run": facts.Attempt, "tenant": "bob", "raw": []byte{0, 0xff}} {
				if err := actor.SetHeader(ctx, name, value); err != nil {
					s.Errorf("SetHeader: got %v, want nil", err)
				}
			}
			return actor.RetryAfter(0, errors.New("boom"))
		})
		e := s.envelope(q)
		e.Headers = map[string]any{"tenant": "ada", "kept": int64(7)}
		s.send(t, e)
		d := s.expect(s.consumeDead(t, q, 1), e)
		w.stop()
		want := map[string]any{"failed run": int64(maxRetries), "tenant": "bob", "raw": []byte{0, 0xff}, "kept": int64(7)}
		if !reflect.DeepEqual(d.Headers, want) {
			s.Errorf("headers of the dead letter: got %v, want %v", d.Headers, want)
		}
	}},
	{"a limited queue and its retries outlive lost connections", func(s *scene) {
		t, q := s.open(), s.limited(1000)
		batch := s.envelopes(q, 40)
		s.sendBatch(s.open(), batch)
		var runs atomic.Int32
		w := s.work(t, q, func(_ context.Context, facts actor.Facts) error {
			if n := runs.Add(1); n%25 == 0 && n <= 75 {
				s.broker.Cut(s.T, t)
			}
			if facts.Attempt == 0 {
				return actor.RetryAfter(50*time.Millisecond, errors.New("not yet"))
			}
			return nil
		})
		w.awaitCount(w.done, batch...)
		w.stop()
		s.nothing(s.consumeDead(t, q, 1))
	}},
	{"a task that has failed often enough is a dead letter of its queue", func(s *scene) {
		t, q := s.open(), s.limited(1)
		e := s.envelope(q)
		s.send(t, e)
		w := s.work(t, q, func(context.Context, actor.Facts) error {
			return actor.RetryAfter(0, errors.New("never"))
		})
		d := s.expect(s.consumeDead(t, q, 1), e)
		if d.Attempt != maxRetries+1 || w.runs(e) != maxRetries+1 {
			s.Errorf("dead letter: got attempt %d after %d runs, want %d for both", d.Attempt, w.runs(e), maxRetries+1)
		}
		s.ack(d)
		w.stop()
		s.allEmpty(t, q)
	}},
}

// await waits for c in a task, as long as the case may.
func (s *scene) await(ctx context.Context, c <-chan struct{}) error {
	select {
	case <-c:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// allEmpty checks that neither q nor a queue beside it holds a message that
// could be delivered.
func (s *scene) allEmpty(t actor.Transport, q *actor.Queue) {
	s.Helper()
	s.empty(t, q)
	for _, c := range []actor.Consumer{s.consumeRetries(t, q, 1), s.consumeDead(t, q, 1)} {
		s.nothing(c)
		s.close(c)
	}
}
