// Package tasks holds the tasks that the benchmarks send and run.
package tasks

import (
	"context"
	"sync/atomic"
)

//go:generate go tool actorgen .

// note takes some text.
//
//actor:task queue=actorgen-bench
func note(ctx context.Context, text string) error { return nil }

// drop does nothing, and is acknowledged without waiting.
//
//actor:task queue=actorgen-bench-work ack=async
func drop(ctx context.Context, text string) error {
	expected.Load().take()
	return nil
}

// dropSync does nothing, and its slot waits for the acknowledgement.
//
//actor:task queue=actorgen-bench-work ack=sync
func dropSync(ctx context.Context, text string) error {
	expected.Load().take()
	return nil
}

// Expect returns a channel that is closed when n tasks have been dropped.
func Expect(n int) <-chan struct{} {
	c := &countdown{done: make(chan struct{})}
	c.left.Store(int64(n))
	expected.Store(c)
	return c.done
}

var expected atomic.Pointer[countdown]

type countdown struct {
	left atomic.Int64
	done chan struct{}
}

func (c *countdown) take() {
	if c.left.Add(-1) == 0 {
		close(c.done)
	}
}
