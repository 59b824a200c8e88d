package actor

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"time"
)

// process carries one delivery from its receipt to its settlement.
func (s *shift) process(r *run) {
	d := r.delivery
	if d.Remaining > 0 {
		s.sendOn(r)
		return
	}
	work := &unknownActorWork
	planned := r.queue.actors[d.Actor]
	if planned != nil {
		work = &planned.work
	}
	if work.ack == AckNone {
		s.acknowledge(r, AckNone)
	}
	started := time.Now()
	err := s.execute(r, planned)
	r.queue.prefetch.observe(time.Since(started), r.queue.consumer)
	s.settle(r, work, decide(work, d.Attempt, err, rand.Float64()))
}

// unknownActorWork is the policy for messages of actors that no table names.
var unknownActorWork = resolveWork(&WorkPolicy{})

// execute decodes the message and runs its task.
func (s *shift) execute(r *run, planned *plannedActor) error {
	d := r.delivery
	if d.ContentType != ContentType {
		return Reject(fmt.Errorf("content type %q is not %s", d.ContentType, ContentType))
	}
	if planned == nil {
		err := &UnknownActorError{d.Actor}
		if _, logged := s.unknown.LoadOrStore(d.Actor, true); !logged {
			s.worker.config.Logger.Warn(err.Error(), "actor", d.Actor, "queue", r.queue.queue.Name)
		}
		return err
	}
	m := Message{ID: d.ID, Actor: d.Actor, Body: d.Body, Headers: d.Headers, definition: planned.entry.Definition}
	err := s.protect(m, func() (err error) {
		r.task, err = planned.entry.Bind(m)
		return err
	})
	if err != nil {
		if errors.Is(err, ErrMalformed) {
			return Reject(err)
		}
		return err
	}

	ctx := context.WithValue(s.handlers, runKey{}, r)
	if timeout := planned.work.timeout; timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, timeout, ErrHandlerTimeout)
		defer cancel()
	}
	err = s.protect(m, func() error { return s.handler(ctx, m) })
	if err != nil && errors.Is(err, ctx.Err()) {
		if context.Cause(ctx) == ErrShutdown {
			return errHandBack
		}
		return fmt.Errorf("%w: %w", context.Cause(ctx), err)
	}
	return err
}

// protect calls f, which runs code of the user's, and turns a panic into an
// error.
func (s *shift) protect(m Message, f func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			panicked := &PanicError{Value: value, Stack: debug.Stack()}
			s.worker.config.Logger.Error("task panicked", "actor", m.Actor, "id", m.ID,
				"panic", fmt.Sprint(value), "stack", string(panicked.Stack))
			err = panicked
		}
	}()
	return f()
}

// runTask is the innermost handler.
func runTask(ctx context.Context, _ Message) error {
	return ctx.Value(runKey{}).(*run).task(ctx)
}
