package main

import (
	"context"

	"github.com/actorgen/actorgen/runtime/actor"
)

// deadLetter is what the demo tells of one.
type deadLetter struct {
	actor    string
	attempts int
	failure  string
	err      error
}

// awaitDeadLetter reads the quickstart's dead letters until it meets the one
// with the given ID, which it takes; others stay.
func awaitDeadLetter(ctx context.Context, transport actor.Transport, id string) deadLetter {
	consumer, err := transport.Consume(ctx, actor.Subscription{
		Queue: &actor.Queue{Name: "quickstart"}, DeadLetter: true, Prefetch: 500,
	})
	if err != nil {
		return deadLetter{err: err}
	}
	defer consumer.Close(context.WithoutCancel(ctx))
	for {
		d, err := consumer.Receive(ctx)
		if err != nil {
			return deadLetter{err: err}
		}
		if d.ID == id {
			return deadLetter{d.Actor, d.Attempt, d.Failure, d.Settlement.Ack(true)}
		}
	}
}
