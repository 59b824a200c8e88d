package main

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/bench/tasks"
)

func (b *bench) fillAsync(n int) error {
	return b.fill(n, tasks.Drop.Message)
}

func (b *bench) fillSync(n int) error {
	return b.fill(n, tasks.DropSync.Message)
}

// fill puts n messages into the queue to work on.
func (b *bench) fill(n int, message func(text string) (actor.Message, error)) error {
	messages := make([]actor.Message, n)
	for i := range messages {
		var err error
		if messages[i], err = message(b.text()); err != nil {
			return err
		}
	}
	return b.client.Publish(context.Background(), messages...)
}

// worked checks that nothing is left, which it would be if it came back.
func (b *bench) worked(int) error { return b.purge(workQueue, 0) }

// oursWork runs a worker from its start until it has drained.
func (b *bench) oursWork(n int) (sample, error) {
	return measure(n, func() error {
		done := tasks.Expect(n)
		ctx, stop := context.WithCancel(context.Background())
		defer stop()
		worker := actor.NewWorker(b.client, actor.WorkerConfig{
			Concurrency: slots, Queues: []string{workQueue}, Logger: slog.New(slog.DiscardHandler),
		}, tasks.Actors())
		ended := make(chan error, 1)
		go func() { ended <- worker.Run(ctx) }()
		select {
		case <-done:
			stop()
			return <-ended
		case err := <-ended:
			return err
		}
	})
}

// rawWork consumes by hand until the broker's channel has taken the
// acknowledgement of everything.
func (b *bench) rawWork(n int) (sample, error) {
	var channel *amqp.Channel
	var workers sync.WaitGroup
	s, err := measure(n, func() error {
		var err error
		if channel, err = b.raw.connection.Channel(); err != nil {
			return err
		}
		if err := channel.Qos(prefetch, 0, false); err != nil {
			return err
		}
		deliveries, err := channel.Consume(workQueue, "", false, false, false, false, nil)
		if err != nil {
			return err
		}
		var left atomic.Int64
		left.Store(int64(n))
		done := make(chan struct{})
		for range slots {
			workers.Go(func() {
				for d := range deliveries {
					if d.Ack(false) == nil && left.Add(-1) == 0 {
						close(done)
					}
				}
			})
		}
		<-done
		return channel.Qos(prefetch, 0, false) // its reply comes behind the acknowledgements
	})
	if err != nil {
		return s, err
	}
	// A channel that is closed at once may lose acknowledgements that it has
	// not yet passed on to the queue.
	time.Sleep(500 * time.Millisecond)
	err = channel.Close()
	workers.Wait()
	return s, err
}

const prefetch = 256
