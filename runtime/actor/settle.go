package actor

import (
	"cmp"
	"log/slog"
	"time"
)

// settle carries out a verdict.
func (s *shift) settle(r *run, work *resolvedWork, v verdict) {
	if work.ack == AckNone && v.kind != done {
		// At most once: the message is acknowledged, so nothing runs it again.
		v.kind = deadLetter
		if v.err == nil {
			v.err, v.reason = ErrShutdown, ErrShutdown.Error()
		}
	}
	switch v.kind {
	case done:
		s.acknowledge(r, work.ack)
		s.tell(r, TaskDone, v)
	case handBack:
		s.handBack(r)
		s.tell(r, TaskHandedBack, v)
	case retry:
		s.log(r, "task failed, will be retried", v)
		e := s.failedCopyOf(r, v)
		s.delay(e, v.delay)
		s.replace(r, e, TaskRetried, v)
	case deadLetter:
		s.log(r, "task dead-lettered", v)
		e := s.failedCopyOf(r, v)
		e.DeadLetter = true
		s.replace(r, e, TaskDeadLettered, v)
	}
}

// sendOn sends a message that has waited for one leg of a long delay on its
// next leg.
func (s *shift) sendOn(r *run) {
	e := s.copyOf(r)
	s.delay(e, r.delivery.Remaining)
	s.replace(r, e, TaskForwarded, verdict{})
}

// delay sets how long e waits, in legs that each fit the transport.
func (s *shift) delay(e *Envelope, d time.Duration) {
	e.Delay = min(d, s.worker.client.transport.MaxDelay())
	e.Remaining = d - e.Delay
}

// copyOf returns the delivery as an envelope for the queue it came from.
func (s *shift) copyOf(r *run) *Envelope {
	d := r.delivery
	return &Envelope{
		ID:          cmp.Or(d.ID, newID()), // of another program; without an ID a return could not be matched
		Actor:       d.Actor,
		Body:        d.Body,
		ContentType: d.ContentType,
		Headers:     r.notes.over(d.Headers),
		Queue:       &r.queue.queue,
		Prefix:      s.worker.client.config.QueuePrefix,
		Priority:    d.Priority,
		Confirm:     true,
		Mandatory:   true,
		Persistent:  true,
		Timeout:     copyTimeout,
		Attempt:     d.Attempt,
		FirstSent:   d.firstSent(),
		FirstDue:    d.FirstDue,
		Failure:     d.Failure,
		FailedAt:    d.FailedAt,
	}
}

// copyTimeout is longer than a sender waits. Nobody waits for a copy, and one
// whose confirm comes later than that is published twice.
const copyTimeout = 30 * time.Second

// failedCopyOf is copyOf after a run that failed as v says.
func (s *shift) failedCopyOf(r *run, v verdict) *Envelope {
	e := s.copyOf(r)
	e.Failure, e.FailedAt = v.reason, time.Now()
	if !v.neverRun {
		e.Attempt++
	}
	return e
}

// replace publishes e and, once that is confirmed, acknowledges the original:
// a crash anywhere in between runs a task twice but loses none. What cannot be
// published leaves the slot and is published again until it is, or until the
// session that made the delivery ends and the broker delivers it again. Where
// that has ended before, nothing is published: there would be two. Nor is it
// once the handlers are cancelled; the original goes back then, and is no attempt
// the older. When that is done, observers are told the outcome o, or which other
// it was.
func (s *shift) replace(r *run, e *Envelope, o TaskOutcome, v verdict) {
	if s.leave(r) {
		s.tell(r, TaskLost, v)
		return
	}
	if s.handlers.Err() != nil && !r.acknowledged {
		s.handBack(r) // it may have failed because it was cancelled
		s.tell(r, TaskHandedBack, v)
		return
	}
	published := make(chan struct{})
	s.settlements.Go(func() {
		err, outcome := s.publish(e), o
		if err == nil {
			s.acknowledge(r, AckAsync)
		}
		close(published)
		if err != nil {
			s.tellOf(r, slog.LevelError, "copy of a task was not published, will be repeated", "error", err)
			outcome = s.insist(r, e, o)
		}
		s.tell(r, outcome, v)
	})
	patience := time.NewTimer(slotPatience)
	defer patience.Stop()
	select {
	case <-published:
	case <-patience.C:
		r.queue.finished.settlement(r).SetAside()
	}
}

// slotPatience is how long a slot waits for the broker to take what comes of
// its run, be it a copy or a reply. That takes a round trip; where it takes
// longer, something is wrong with the broker.
const slotPatience = 100 * time.Millisecond

// insist publishes e until it is confirmed and then acknowledges the original,
// for the outcome o, or gives up and returns another.
func (s *shift) insist(r *run, e *Envelope, o TaskOutcome) TaskOutcome {
	const first, longest = 100 * time.Millisecond, 5 * time.Second
	for wait := first; ; wait = min(2*wait, longest) {
		r.queue.finished.settlement(r).SetAside() // again, where it has come again
		pause := time.NewTimer(wait)
		select {
		case <-pause.C:
		case <-r.lost():
			pause.Stop()
			if s.leave(r) {
				return TaskLost
			}
		case <-s.settling.Done():
			pause.Stop()
			s.handBack(r)
			return TaskHandedBack
		}
		if s.publish(e) == nil {
			s.acknowledge(r, AckAsync)
			return o
		}
	}
}

func (s *shift) publish(e *Envelope) error {
	if errs := s.worker.client.transport.Publish(s.settling, []Envelope{*e}); errs != nil {
		return errs[0]
	}
	return nil
}

// acknowledge ends the delivery. Where its session has ended, it is remembered
// as finished until the broker delivers the message again.
func (s *shift) acknowledge(r *run, mode AckMode) {
	if r.acknowledged {
		return
	}
	settlement := r.queue.finished.finish(r)
	if err := settlement.Ack(mode == AckSync); err != nil {
		s.worker.config.Logger.Debug("acknowledgement lost, the message will come again", r.attributes("error", err)...)
		<-settlement.Lost() // or soon will be; until then the consumer would hand out what is lost too
	}
}

// acknowledgeFirst ends the delivery before its run. It reports whether the
// broker has accepted that: else the message may come again, and must not have
// been run.
func (s *shift) acknowledgeFirst(r *run) bool {
	for {
		settlement := r.queue.finished.settlement(r)
		if settlement.Ack(true) == nil {
			r.queue.finished.finish(r)
			r.acknowledged = true
			return true
		}
		<-settlement.Lost() // or soon will be: nothing else fails an acknowledgement
		if r.queue.finished.abandonLost(r) {
			return false
		}
		// The message has come again meanwhile, to this run.
	}
}

// handBack returns the message to the broker.
func (s *shift) handBack(r *run) { r.queue.finished.abandon(r).Requeue() }

// leave gives the run up where the session of its delivery has ended, and
// reports whether it did.
func (s *shift) leave(r *run) bool {
	return !r.acknowledged && r.queue.finished.abandonLost(r)
}

// lost returns a channel that is closed when the broker will deliver the
// message again.
func (r *run) lost() <-chan struct{} {
	if r.acknowledged {
		return nil
	}
	return r.queue.finished.settlement(r).Lost()
}

// log tells of a failed run.
func (s *shift) log(r *run, text string, v verdict) {
	attributes := []any{"attempt", r.delivery.Attempt, "error", v.reason}
	if v.kind == retry {
		attributes = append(attributes, "delay", v.delay.String())
	}
	s.tellOf(r, slog.LevelWarn, text, attributes...)
}

// tellOf logs a line about a message, in the digest.
func (s *shift) tellOf(r *run, level slog.Level, text string, attributes ...any) {
	name := r.delivery.Actor
	if r.queue.actors[name] == nil {
		name = ""
	}
	s.digest.tell(level, text, name, r.attributes(attributes...)...)
}

// attributes returns those of a line about r.
func (r *run) attributes(more ...any) []any {
	return append([]any{"actor", r.delivery.Actor, "id", r.delivery.ID, "queue", r.queue.queue.Name}, more...)
}
