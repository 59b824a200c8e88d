package actor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"time"
)

// process carries one delivery from its receipt to its settlement.
func (s *shift) process(r *run) {
	d := r.delivery
	if isLost(d.Settlement) {
		s.tell(r, TaskLost, verdict{}) // the broker delivers it again
		return
	}
	switch r.queue.finished.begin(r) {
	case alreadyFinished:
		s.acknowledge(r, AckAsync)
		s.tell(r, TaskRepeated, verdict{})
		return
	case stillRunning:
		return
	}
	if d.Remaining > 0 {
		s.sendOn(r)
		return
	}
	if r.expired() {
		s.refuseExpired(r)
		return
	}
	work, planned := r.work(), r.queue.actors[d.Actor]
	if work.ack == AckNone && !s.acknowledgeFirst(r) {
		s.tell(r, TaskLost, verdict{}) // at most once: it may come again, but then was never run
		return
	}
	r.started = time.Now()
	if err := work.tooOld(d, r.started); err != nil {
		s.conclude(r, work, verdict{kind: deadLetter, neverRun: true, err: err, reason: err.Error()})
		return
	}
	err := s.execute(r, planned)
	r.queue.prefetch.observe(time.Since(r.started))
	s.conclude(r, work, s.judge(r, work, err))
}

// work returns the policy of the delivery's actor.
func (r *run) work() *resolvedWork {
	if planned := r.queue.actors[r.delivery.Actor]; planned != nil {
		return &planned.work
	}
	return &unknownActorWork
}

// judge decides, with the methods of the handler's own error under protection.
func (s *shift) judge(r *run, work *resolvedWork, err error) (v verdict) {
	if err == nil {
		return verdict{kind: done}
	}
	attempt, random := r.delivery.Attempt, rand.Float64()
	judged := func(err error) {
		if v = decide(work, attempt, err, random); v.err != nil {
			v.reason = shorten(v.err.Error(), maxFailureText)
		}
	}
	if panicked := s.protect(r, func() error { judged(err); return nil }); panicked != nil {
		judged(panicked)
	}
	return v
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
		if s.unknown.first(d.Actor) {
			s.worker.config.Logger.Warn("unknown actor", r.attributes("error", err, "outcome", r.outcomeOfUnknown())...)
		}
		return err
	}
	m := Message{ID: d.ID, Actor: d.Actor, Body: d.Body, Headers: d.Headers, definition: planned.entry.Definition,
		destination: r.queue.queue.Name}
	err := s.protect(r, func() (err error) {
		r.task, err = planned.entry.Bind(m)
		return err
	})
	if err != nil {
		r.task = nil // nothing was run
		if errors.Is(err, ErrMalformed) {
			return Reject(err)
		}
		return err
	}

	ctx := &r.context
	ctx.run, ctx.parent = r, s.handlers
	if timeout := planned.work.timeout; timeout > 0 {
		ctx.timeout = r.started.Add(timeout)
	}
	defer ctx.end()
	return s.protect(r, func() error {
		err := s.handler(ctx, m)
		if err == nil || !errors.Is(err, ctx.Err()) {
			return err
		}
		if context.Cause(ctx) == ErrShutdown {
			return errHandBack
		}
		return fmt.Errorf("%w: %w", context.Cause(ctx), err)
	})
}

// protect calls f, which runs code of the user's, and turns a panic into an
// error.
func (s *shift) protect(r *run, f func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			panicked := &PanicError{Value: value, Stack: debug.Stack()}
			s.tellOf(r, slog.LevelError, "task panicked", "attempt", r.delivery.Attempt,
				"error", shorten(panicked.Error(), maxFailureText), "stack", string(panicked.Stack))
			err = panicked
		}
	}()
	return f()
}

// runTask is the innermost handler.
func runTask(ctx context.Context, _ Message) error {
	return ctx.Value(runKey{}).(*run).task(ctx)
}
