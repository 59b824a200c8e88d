package guarantees

import (
	"context"
	"fmt"
	"time"

	"github.com/actorgen/actorgen/examples/guarantees/tasks"
	"github.com/actorgen/actorgen/runtime/actor"
)

// Outbox holds the orders that were stored in one transaction with what they
// are about, until they are known to be queued.
type Outbox interface {
	Pending(ctx context.Context) (orders []string, err error)
	Sent(ctx context.Context, order string) error
}

// Relay sends what the outbox holds; call it every few seconds. An order leaves
// the outbox only once a quorum of the broker's nodes has it. After anything else
// the next call sends it again, under the same ID, so that its task can tell.
func Relay(ctx context.Context, outbox Outbox) error {
	orders, err := outbox.Pending(ctx)
	if err != nil {
		return err
	}
	for _, order := range orders {
		err := tasks.ShipOrder.With(actor.MessageID("ship-"+order)).Send(ctx, order)
		if err == nil {
			err = outbox.Sent(ctx, order)
		}
		if err != nil {
			return fmt.Errorf("relay order %q: %w", order, err)
		}
	}
	return nil
}

// WorkReliably runs the tasks that must not be lost until ctx ends.
func WorkReliably(ctx context.Context, client *actor.Client) error {
	return actor.NewWorker(client, actor.WorkerConfig{
		Queues:       []string{"guarantees-orders", "guarantees-payments"},
		DrainTimeout: time.Minute, // longer than a task takes, and shorter than its supervisor waits
	}, tasks.Actors()).Run(ctx)
}
