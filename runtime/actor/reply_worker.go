package actor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// replyTimeout bounds the sending of one reply. Its caller ends by its own
// deadline.
const replyTimeout = 5 * time.Second

// called says that somebody waits for the task's reply.
func (r *run) called() bool { return r.delivery.ReplyTo != "" }

// expires says that the caller does not wait for ever.
func (r *run) expires() bool { return r.called() && !r.delivery.Deadline.IsZero() }

// expired says that the caller waits no longer, by the clock of this machine.
func (r *run) expired() bool { return r.expires() && !time.Now().Before(r.delivery.Deadline) }

// outcomeOfUnknown is what becomes of a message whose actor is unknown.
func (r *run) outcomeOfUnknown() string {
	if r.called() {
		return "its caller is told"
	}
	return "retried, then dead-lettered"
}

// refuseExpired ends a request that came too late to be run. The caller has
// gone, unless the clocks differ: then it learns why.
func (s *shift) refuseExpired(r *run) {
	s.reply(r, AckAsync, verdict{
		kind: deadLetter, err: ErrCallExpired,
		reason: fmt.Sprintf("not started: %v, %s, by the worker's clock (do the clocks agree?)",
			ErrCallExpired, r.delivery.Deadline.UTC().Format(time.RFC3339Nano)),
	})
}

// conclude settles a run. Whatever came of a task that was called is its reply;
// only a run that the worker itself cut short goes back, to another worker.
func (s *shift) conclude(r *run, work *resolvedWork, v verdict) {
	v.took = s.took(r)
	switch {
	case !r.called():
		s.settle(r, work, v)
	case v.kind == handBack && !r.acknowledged:
		s.handBack(r)
		s.tell(r, TaskHandedBack, v)
	default:
		s.reply(r, work.ack, v)
	}
}

// reply sends the reply and then acknowledges the request: a crash in between
// runs the task again and its second reply is dropped. A reply that the broker
// does not take at once leaves the slot, and one that it does not take in time
// is given up.
func (s *shift) reply(r *run, mode AckMode, v verdict) {
	reply := replyOf(r, v)
	if reply.Failed {
		s.worker.config.Logger.Debug("called task failed, its caller is told", r.attributes("error", reply.Failure)...)
	}
	err := s.sendReply(r, reply, slotPatience)
	if err == nil || !errors.Is(err, context.DeadlineExceeded) {
		s.endReply(r, mode, reply, v, err)
		return
	}
	s.settlements.Go(func() { s.endReply(r, AckAsync, reply, v, s.sendReply(r, reply, replyTimeout)) })
}

func (s *shift) sendReply(r *run, reply *Reply, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(s.settling, patience)
	defer cancel()
	return s.worker.client.transport.Reply(ctx, r.delivery.ReplyTo, reply)
}

// endReply acknowledges a request whose reply was sent, or was given up.
func (s *shift) endReply(r *run, mode AckMode, reply *Reply, v verdict, err error) {
	if err != nil {
		s.tellOf(r, slog.LevelWarn, "reply not sent, its caller waits until its deadline", "error", err)
	}
	s.acknowledge(r, mode)
	if !reply.Failed {
		s.tell(r, TaskDone, v)
		return
	}
	if v.err == nil {
		v.err = errors.New(reply.Failure)
	}
	s.tell(r, CallFailed, v)
}

var errNoResult = errors.New("the task ended without a result (does the worker's version of it return one, and does every middleware call it?)")

// replyOf turns a verdict into a reply.
func replyOf(r *run, v verdict) *Reply {
	reply := &Reply{ID: r.delivery.ID, Actor: r.delivery.Actor, Body: r.result}
	switch {
	case v.kind == handBack:
		reply.Failed, reply.Failure = true, ErrShutdown.Error()
	case v.kind != done:
		reply.Failed, reply.Failure = true, v.reason
	case r.result == nil:
		reply.Failed, reply.Failure = true, errNoResult.Error()
	case len(r.result) > maxBodyBytes:
		reply.Failed, reply.Failure = true, fmt.Sprintf(
			"the result takes %d bytes, %d are allowed (store large data elsewhere and return its key)", len(r.result), maxBodyBytes)
	}
	if reply.Failed {
		reply.Body = nil
	}
	return reply
}
