package transporttest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

var calls = []promise{
	{"a call gets its reply", func(s *scene) {
		t, q := s.open(), s.queue()
		e := s.envelope(q)
		e.Deadline = time.Now().Add(time.Hour).Truncate(time.Microsecond)
		call := s.call(t, e)
		d := s.expect(s.consume(t, q, 1), e)
		if d.ReplyTo == "" || !d.Deadline.Equal(e.Deadline) || !bytes.Equal(d.Body, e.Body) || d.Actor != e.Actor {
			s.Errorf("request: got %+v, want an address for the reply, deadline %s and the body", d, e.Deadline)
		}
		s.reply(t, d, "result")
		s.ack(d)
		s.replied(call, e, "result")
	}},
	{"a message that is sent has no caller", func(s *scene) {
		t, q := s.open(), s.queue()
		e := s.envelope(q)
		s.send(t, e)
		d := s.expect(s.consume(t, q, 1), e)
		if d.ReplyTo != "" || !d.Deadline.IsZero() {
			s.Errorf("got reply to %q, deadline %s, want none", d.ReplyTo, d.Deadline)
		}
		s.ack(d)
	}},
	{"a failure is a reply, with any text", func(s *scene) {
		t, q := s.open(), s.queue()
		c := s.consume(t, q, 1)
		for _, text := range []string{"no such word", "", "ungültig\x00\xff"} {
			e := s.envelope(q)
			call := s.call(t, e)
			d := s.expect(c, e)
			if err := t.Reply(s.within(), d.ReplyTo, &actor.Reply{ID: d.ID, Actor: d.Actor, Failed: true, Failure: text}); err != nil {
				s.Errorf("Reply: got %v, want nil", err)
			}
			s.ack(d)
			if r, err := call(); err != nil || !r.Failed || r.Failure != text || len(r.Body) != 0 {
				s.Errorf("Call: got %+v and error %v, want failure %q", r, err, text)
			}
		}
	}},
	{"a worker replies through a transport of its own", func(s *scene) {
		t, worker := s.open(), s.open()
		x := s.exchange(s.within(), t, worker)
		s.reply(worker, x.request, "result")
		s.ack(x.request)
		s.replied(x.call, x.sent, "result")
	}},
	{"replies find their calls in any order", func(s *scene) {
		t, worker, q := s.open(), s.open(), s.existing()
		const many = 300
		var calling sync.WaitGroup
		defer calling.Wait()
		for range many {
			e := s.envelope(q)
			calling.Go(func() {
				r, err := t.Call(s.within(), &e)
				if err != nil || string(r.Body) != "to "+e.ID || r.ID != e.ID {
					s.Errorf("Call %s: got %+v and error %v, want its own reply", e.ID, r, err)
				}
			})
		}
		c := s.consume(worker, q, many)
		requests := make([]*actor.Delivery, many)
		for i := range requests {
			requests[i] = s.receive(c)
		}
		for i := range requests {
			d := requests[many-1-i]
			s.reply(worker, d, "to "+d.ID)
			s.ack(d)
		}
	}},
	{"only the first reply counts", func(s *scene) {
		t := s.open()
		x := s.exchange(s.within(), t, t)
		s.reply(t, x.request, "first")
		s.reply(t, x.request, "second")
		s.replied(x.call, x.sent, "first")
		s.nextWorks(t, x)
	}},
	{"a reply that belongs to no call is dropped", func(s *scene) {
		t := s.open()
		x := s.exchange(s.within(), t, t)
		if err := t.Reply(s.within(), x.request.ReplyTo, &actor.Reply{ID: "another", Body: []byte("wrong")}); err != nil {
			s.Errorf("Reply: got %v, want nil", err)
		}
		s.reply(t, x.request, "right")
		s.replied(x.call, x.sent, "right")
		s.ack(x.request)
	}},
	{"a call ends with its context, and its late reply is dropped", func(s *scene) {
		t := s.open()
		ctx, cancel := context.WithCancel(s.Context())
		x := s.exchange(ctx, t, t)
		cancel()
		_, err := x.call()
		s.outcome(err, x.sent, actor.ErrOutcomeUnknown, context.Canceled)
		s.reply(t, x.request, "late")
		s.nextWorks(t, x)
	}},
	{"a call ends with its deadline", func(s *scene) {
		t, q := s.open(), s.existing()
		s.callWorks(t, q)
		e := s.envelope(q)
		ctx, cancel := context.WithTimeout(s.Context(), time.Second)
		defer cancel()
		_, err := t.Call(ctx, &e)
		s.outcome(err, e, actor.ErrOutcomeUnknown, context.DeadlineExceeded)
		s.callWorks(t, q)
	}},
	{"a call whose context has ended is not sent", func(s *scene) {
		t, q := s.open(), s.existing()
		ctx, cancel := context.WithCancel(s.Context())
		cancel()
		e := s.envelope(q)
		_, err := t.Call(ctx, &e)
		s.outcome(err, e, actor.ErrNotSent, context.Canceled)
		s.empty(t, q)
	}},
	{"a reply to a caller that has gone is no error", func(s *scene) {
		caller, worker := s.open(), s.open()
		x := s.exchange(s.within(), caller, worker)
		if err := caller.Close(); err != nil {
			s.Fatalf("Close: got %v, want nil", err)
		}
		_, err := x.call()
		s.outcome(err, x.sent, actor.ErrOutcomeUnknown, actor.ErrReplyLost)
		s.reply(worker, x.request, "to nobody")
		s.ack(x.request)
	}},
	{"a request that no queue takes is unroutable", func(s *scene) {
		t := s.openWith(Options{NoDeclare: true})
		e := s.envelope(s.queue())
		e.Confirm, e.Mandatory = false, false // a call is both, whatever its envelope says
		_, err := t.Call(s.within(), &e)
		s.outcome(err, e, actor.ErrUnroutable, nil)
	}},
	{"a request that is invalid is not sent", func(s *scene) {
		t, e := s.open(), s.envelope(s.queue())
		e.Headers = map[string]any{"x-mine": "reserved"}
		_, err := t.Call(s.within(), &e)
		s.outcome(err, e, actor.ErrNotSent, nil)
	}},
	{"two calls cannot wait under one message ID", func(s *scene) {
		t := s.open()
		x := s.exchange(s.within(), t, t)
		_, err := t.Call(s.within(), &x.sent)
		s.outcome(err, x.sent, actor.ErrNotSent, actor.ErrCallUnderWay)
		s.reply(t, x.request, "the first's")
		s.replied(x.call, x.sent, "the first's")
		s.ack(x.request)
		s.empty(t, x.sent.Queue)
	}},
	{"a call loses its reply with its connection, and the next one works", func(s *scene) {
		t, worker := s.open(), s.open()
		x := s.exchange(s.within(), t, worker)
		s.broker.Cut(s.T, t)
		_, err := x.call()
		s.outcome(err, x.sent, actor.ErrOutcomeUnknown, actor.ErrReplyLost)
		s.reply(worker, x.request, "to nobody")
		s.nextWorks(t, x)
	}},
	{"a worker that lost its connection can reply", func(s *scene) {
		t, worker := s.open(), s.open()
		x := s.exchange(s.within(), t, worker)
		s.broker.Cut(s.T, worker)
		s.reply(worker, x.request, "result")
		s.replied(x.call, x.sent, "result")
	}},
	{"nothing is called after Close", func(s *scene) {
		t, q := s.open(), s.queue()
		if err := t.Close(); err != nil {
			s.Fatalf("Close: got %v, want nil", err)
		}
		e := s.envelope(q)
		_, err := t.Call(s.within(), &e)
		s.outcome(err, e, actor.ErrNotSent, actor.ErrClosed)
		if err := t.Reply(s.within(), "nowhere", &actor.Reply{ID: e.ID}); !errors.Is(err, actor.ErrClosed) {
			s.Errorf("Reply: got %v, want ErrClosed", err)
		}
	}},
}

// call begins a call and returns the function that waits for its end.
func (s *scene) call(t actor.Transport, e actor.Envelope) func() (*actor.Reply, error) {
	s.Helper()
	return s.callWith(s.within(), t, e)
}

func (s *scene) callWith(ctx context.Context, t actor.Transport, e actor.Envelope) func() (*actor.Reply, error) {
	type end struct {
		reply *actor.Reply
		err   error
	}
	ended := make(chan end, 1)
	go func() {
		r, err := t.Call(ctx, &e)
		ended <- end{r, err}
	}()
	return func() (*actor.Reply, error) {
		s.Helper()
		select {
		case end := <-ended:
			return end.reply, end.err
		case <-time.After(patience):
			s.Fatalf("Call: got no end within %s", patience)
			return nil, nil
		}
	}
}

// exchange is a call whose request was received.
type exchange struct {
	sent     actor.Envelope
	call     func() (*actor.Reply, error) // waits for its end
	consumer actor.Consumer
	request  *actor.Delivery
}

// exchange begins a call that worker receives, of a queue that no other case uses.
func (s *scene) exchange(ctx context.Context, caller, worker actor.Transport) *exchange {
	s.Helper()
	x := &exchange{sent: s.envelope(s.queue())}
	x.call = s.callWith(ctx, caller, x.sent)
	x.consumer = s.consume(worker, x.sent.Queue, 1)
	x.request = s.expect(x.consumer, x.sent)
	return x
}

// nextWorks settles the request and checks that the caller's next call is none
// the worse for it.
func (s *scene) nextWorks(caller actor.Transport, x *exchange) {
	s.Helper()
	s.ack(x.request)
	s.close(x.consumer)
	s.callWorks(caller, x.sent.Queue)
}

// reply replies to a request, which the broker must take.
func (s *scene) reply(t actor.Transport, d *actor.Delivery, result string) {
	s.Helper()
	r := &actor.Reply{ID: d.ID, Actor: d.Actor, Body: []byte(result)}
	if err := t.Reply(s.within(), d.ReplyTo, r); err != nil {
		s.Errorf("Reply: got %v, want nil", err)
	}
}

// replied checks that a call ends with a result.
func (s *scene) replied(call func() (*actor.Reply, error), e actor.Envelope, result string) {
	s.Helper()
	r, err := call()
	if err != nil {
		s.Fatalf("Call: got error %v, want a reply", err)
	}
	want := actor.Reply{ID: e.ID, Actor: e.Actor, Body: []byte(result)}
	if got := fmt.Sprintf("%+v", *r); got != fmt.Sprintf("%+v", want) {
		s.Errorf("Call: got %s, want %+v", got, want)
	}
}

// callWorks checks that a transport can call.
func (s *scene) callWorks(t actor.Transport, q *actor.Queue) {
	s.Helper()
	e := s.envelope(q)
	call := s.call(t, e)
	c := s.consume(t, q, 1)
	for {
		d := s.receive(c)
		s.ack(d)
		if d.ID == e.ID { // what calls that have ended left behind comes first
			s.reply(t, d, "works")
			break
		}
	}
	s.replied(call, e, "works")
	s.close(c)
}
