package amqp

import (
	"context"
	"log/slog"
	"sync"
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
)

// worker is a worker of one actor, "test.Task", which testEnvelope names.
type worker struct {
	*actor.Worker
	stop func() error
}

// work starts a worker and waits until it runs. Its tasks take no arguments
// and return what f does.
func work(t *testing.T, transport *Transport, q *actor.Queue, policy actor.WorkPolicy, cfg actor.WorkerConfig, f func(context.Context) error) *worker {
	t.Helper()
	definition := &actor.Definition{Name: "test.Task", Queue: *q, Work: policy}
	return workOn(t, transport, cfg, actor.Table{{
		Definition: definition,
		Bind:       func(actor.Message) (actor.Task, error) { return f, nil },
	}})
}

func workOn(t *testing.T, transport *Transport, cfg actor.WorkerConfig, table actor.Table) *worker {
	t.Helper()
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	w := &worker{Worker: actor.NewWorker(actor.NewClient(transport, actor.ClientConfig{}), cfg, table)}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	w.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() { _ = w.stop() })
	eventually(t, "the worker runs", func() bool { return w.State() == actor.Running })
	return w
}

// runs counts the runs of each task by its ID.
type runs struct {
	mu    sync.Mutex
	count map[string]int
}

func (r *runs) add(id string) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.count == nil {
		r.count = map[string]int{}
	}
	r.count[id]++
	return r.count[id]
}

func (r *runs) of(id string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.count[id]
}

func (r *runs) tasks() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.count)
}

// ready returns how many messages wait in a queue.
func ready(t *testing.T, broker, queue string) (n int) {
	t.Helper()
	onChannel(t, broker, func(ch *amqp.Channel) error {
		q, err := ch.QueueDeclarePassive(queue, true, false, false, false, nil)
		n = q.Messages
		return err
	})
	return n
}
