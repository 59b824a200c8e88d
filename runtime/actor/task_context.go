package actor

import (
	"context"
	"sync"
	"time"
)

// taskContext is the context of one run. It is full only once somebody looks at
// it, which most quick handlers never do: its timer costs as much as they.
type taskContext struct {
	run    *run
	parent context.Context // of all handlers
	// timeout is when the actor's timeout runs out; zero where it has none.
	timeout time.Time

	mu     sync.Mutex
	full   context.Context // nil until it is needed
	cancel context.CancelFunc
	ended  bool
}

// get returns the context with its deadline.
func (c *taskContext) get() context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.full != nil {
		return c.full
	}
	deadline, cause := c.timeout, ErrHandlerTimeout
	if r := c.run; r.expires() && (deadline.IsZero() || r.delivery.Deadline.Before(deadline)) {
		deadline, cause = r.delivery.Deadline, ErrCallExpired // the caller stops to wait
	}
	if deadline.IsZero() {
		c.full, c.cancel = context.WithCancel(c.parent)
	} else {
		c.full, c.cancel = context.WithDeadlineCause(c.parent, deadline, cause)
	}
	if c.ended {
		c.cancel()
	}
	return c.full
}

// end cancels the context, whose handler has returned.
func (c *taskContext) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	if c.cancel != nil {
		c.cancel()
	}
}

// Deadline implements [context.Context].
func (c *taskContext) Deadline() (time.Time, bool) { return c.get().Deadline() }

// Done implements [context.Context].
func (c *taskContext) Done() <-chan struct{} { return c.get().Done() }

// Err implements [context.Context].
func (c *taskContext) Err() error { return c.get().Err() }

// Value implements [context.Context]. By keys of its own, package context looks
// for what cancels the context, and why.
func (c *taskContext) Value(key any) any {
	switch key.(type) {
	case runKey:
		return c.run
	case clientKey:
		return c.parent.Value(key)
	}
	return c.get().Value(key)
}
