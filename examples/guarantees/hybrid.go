package guarantees

import (
	"context"
	"errors"
	"sync"

	"github.com/actorgen/actorgen/examples/guarantees/tasks"
	"github.com/actorgen/actorgen/runtime/actor"
)

// WorkOnBoth runs the tasks of both brokers in one process until ctx ends or one
// of its workers fails. Neither takes a slot from the other.
func WorkOnBoth(ctx context.Context, payments, analytics *actor.Client) error {
	workers := []*actor.Worker{
		actor.NewWorker(payments, actor.WorkerConfig{Concurrency: 8}, tasks.Actors()),
		actor.NewWorker(analytics, actor.WorkerConfig{Broker: "analytics", Concurrency: 64}, tasks.Actors()),
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	errs := make([]error, len(workers))
	var running sync.WaitGroup
	for i, worker := range workers {
		running.Go(func() {
			defer stop()
			errs[i] = worker.Run(ctx)
		})
	}
	running.Wait()
	return errors.Join(errs...)
}
