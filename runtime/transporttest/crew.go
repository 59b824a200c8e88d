package transporttest

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// actorName is the actor of every message.
const actorName = "transporttest.Task"

// maxRetries is that of the actor of a case.
const maxRetries = 2

// crew is a worker of a case, with what it has run.
type crew struct {
	*scene
	// stop ends the worker, which settles what it has run.
	stop func()

	mu      sync.Mutex
	begun   map[string]int // runs by message ID
	done    map[string]int // those that returned nil
	changed chan struct{}  // closed when one of them is
}

// work starts a worker with two slots that runs f for the messages of q.
func (s *scene) work(t actor.Transport, q *actor.Queue, f func(context.Context, actor.Facts) error) *crew {
	w := &crew{scene: s, begun: map[string]int{}, done: map[string]int{}, changed: make(chan struct{})}
	task := func(ctx context.Context) error {
		facts, _ := actor.DeliveryFacts(ctx)
		w.count(w.begun, facts.ID)
		err := f(ctx, facts)
		if err == nil {
			w.count(w.done, facts.ID)
		}
		return err
	}
	definition := &actor.Definition{
		Name: actorName, Queue: *q, Work: actor.WorkPolicy{MaxRetries: new(maxRetries)},
	}
	definition.Queue.Name = strings.TrimPrefix(q.Name, run)
	worker := actor.NewWorker(actor.NewClient(t, actor.ClientConfig{QueuePrefix: run}), actor.WorkerConfig{
		Concurrency: 2, Prefetch: 1, DrainTimeout: patience / 4, Logger: slog.New(slog.DiscardHandler),
	}, actor.Table{{
		Definition: definition,
		Bind:       func(actor.Message) (actor.Task, error) { return task, nil },
	}})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- worker.Run(ctx) }()
	w.stop = sync.OnceFunc(func() {
		s.Helper()
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				s.Errorf("Run: got %v, want nil", err)
			}
		case <-time.After(patience):
			s.Errorf("Run: got no end after %s, want one", patience)
		}
	})
	s.Cleanup(w.stop)
	return w
}

func (w *crew) count(in map[string]int, id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	in[id]++
	close(w.changed)
	w.changed = make(chan struct{})
}

// runs returns how often the task of e was begun.
func (w *crew) runs(e actor.Envelope) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.begun[e.ID]
}

func (w *crew) awaitRun(e actor.Envelope) {
	w.Helper()
	w.awaitCount(w.begun, e)
}

// awaitDone waits until the tasks have succeeded, each once.
func (w *crew) awaitDone(batch ...actor.Envelope) {
	w.Helper()
	w.awaitCount(w.done, batch...)
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range batch {
		if n := w.done[e.ID]; n != 1 {
			w.Errorf("task %q: got %d runs that succeeded, want 1", e.ID, n)
		}
	}
}

// awaitCount waits until each message is counted.
func (w *crew) awaitCount(in map[string]int, batch ...actor.Envelope) {
	w.Helper()
	limit := time.After(patience)
	for missing := batch; ; {
		w.mu.Lock()
		changed := w.changed
		for len(missing) > 0 && in[missing[0].ID] > 0 {
			missing = missing[1:]
		}
		w.mu.Unlock()
		if len(missing) == 0 {
			return
		}
		select {
		case <-changed:
		case <-limit:
			w.Fatalf("tasks: got %d of %d not run after %s, want none", len(missing), len(batch), patience)
		}
	}
}
