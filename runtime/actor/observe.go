package actor

import (
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

// Observer is told once what became of a delivery, after that is settled. It is
// called by the goroutine that ran the task, whose slot waits for it, so it should
// be quick; several call it at once. A panic of an observer is logged, the first
// time, and has no other effect. A delivery that comes again while its first run
// goes on is not told of: that run settles it, and is told of.
type Observer func(Conclusion)

// tell tells the observers what became of a delivery. The verdict is what the run
// came to; it is empty where there was none.
func (s *shift) tell(r *run, o TaskOutcome, v verdict) {
	r.concluded = true // from here on nothing of ours is left to be done
	observers := s.observersOf(r)
	if len(observers) == 0 {
		return
	}
	c := s.conclusion(r, o, v)
	for _, observe := range observers {
		s.show(observe, c)
	}
}

func (s *shift) show(observe Observer, c Conclusion) {
	defer func() {
		if value := recover(); value != nil && s.observerFailed.CompareAndSwap(false, true) {
			s.worker.config.Logger.Error("observer panicked, which is logged once",
				"error", fmt.Sprint("panic: ", value), "stack", string(debug.Stack()))
		}
	}()
	observe(c)
}

func (s *shift) conclusion(r *run, o TaskOutcome, v verdict) Conclusion {
	if r.acknowledged && o == TaskHandedBack {
		o = TaskDropped // nothing brings it back
	}
	c := Conclusion{
		Facts:   r.facts(),
		Outcome: o,
		Called:  r.called(),
		Due:     r.delivery.firstDue(),
	}
	if planned := r.queue.actors[r.delivery.Actor]; planned != nil {
		c.Definition = planned.entry.Definition
	}
	if r.task != nil {
		c.Started, c.Took = r.started, v.took
	}
	switch o {
	case TaskRetried:
		c.Delay = v.delay
		fallthrough
	case TaskDeadLettered, TaskDropped, CallFailed:
		c.Err, c.Reason = v.err, s.reasonOf(r, &v)
	}
	return c
}

// reasonOf returns why a run failed, with the methods of the handler's own error
// under protection.
func (s *shift) reasonOf(r *run, v *verdict) (reason Reason) {
	retried := !r.called() && r.work().ack != AckNone
	if s.protect(r, func() error { reason = reasonOf(v, r.task != nil, retried); return nil }) != nil {
		return ReasonPanic
	}
	return reason
}

// reasonOf returns why a run ended as v says. bound says that the function was
// there and its arguments fitted it, retried that failures of its actor are
// retried.
func reasonOf(v *verdict, bound, retried bool) Reason {
	var rejected *rejectError
	var old *TooOldError
	var unknown *UnknownActorError
	var panicked *PanicError
	switch isRejected := errors.As(v.err, &rejected); {
	case isRejected && bound:
		return ReasonRejected
	case isRejected:
		return ReasonMalformed
	case !bound && errors.As(v.err, &old):
		return ReasonTooOld
	case !bound && errors.As(v.err, &unknown):
		return ReasonUnknownActor
	case !bound && errors.Is(v.err, ErrSchemaMismatch):
		return ReasonSchema
	case retried && v.kind == deadLetter:
		return ReasonExhausted
	case errors.Is(v.err, ErrCallExpired):
		return ReasonExpired
	case errors.Is(v.err, ErrShutdown):
		return ReasonShutdown
	case errors.Is(v.err, ErrHandlerTimeout):
		return ReasonTimeout
	case errors.Is(v.err, errExited), errors.As(v.err, &panicked):
		return ReasonPanic
	}
	return ReasonError
}

// took is how long the run of a task has taken, where anybody wants to know.
func (s *shift) took(r *run) time.Duration {
	if r.task == nil || len(s.observersOf(r)) == 0 {
		return 0
	}
	return time.Since(r.started)
}
