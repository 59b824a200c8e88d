package transporttest

import (
	"context"
	"strings"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

var declaring = []promise{
	{"a consumer of another queue type is refused with a reason", func(s *scene) {
		t, q := s.open(), s.queue()
		s.send(t, s.envelope(q))
		classic := *q
		classic.Type = actor.Classic
		_, err := t.Consume(s.within(), actor.Subscription{Queue: &classic, Prefix: run, Prefetch: 1})
		s.mentions(err, q.Name, "x-queue-type", "quorum", "classic")
	}},
	{"a refused consumer harms no other", func(s *scene) {
		t, q := s.open(), s.queue()
		e := s.envelope(q)
		c := s.consume(t, q, 2)
		classic := *q
		classic.Type = actor.Classic
		if _, err := t.Consume(s.within(), actor.Subscription{Queue: &classic, Prefix: run, Prefetch: 1}); err == nil {
			s.Fatal("Consume: got nil, want an error")
		}
		s.stillWorks(t, c, e)
	}},
	{"a message is sent whatever the queue's arguments are", func(s *scene) {
		first, second, q := s.open(), s.open(), s.queue()
		e := s.envelope(q)
		s.send(first, e)
		classic := *q
		classic.Type = actor.Classic
		other := s.envelope(&classic)
		s.send(second, other)
		s.expectAll(s.consume(first, q, 2), []actor.Envelope{e, other})
	}},
	{"a consumer that may not declare needs the queue", func(s *scene) {
		t, q := s.openWith(Options{NoDeclare: true}), s.queue()
		ctx, cancel := context.WithTimeout(s.Context(), time.Second)
		defer cancel()
		_, err := t.Consume(ctx, actor.Subscription{Queue: q, Prefix: run, Prefetch: 1})
		s.mentions(err, q.Name)
	}},
	{"a transport that may not declare works on queues that exist", func(s *scene) {
		t, q := s.openWith(Options{NoDeclare: true}), s.queue()
		s.close(s.consume(s.open(), q, 1))
		e := s.envelope(q)
		s.send(t, e)
		s.ack(s.expect(s.consume(t, q, 1), e))
	}},
	{"classic queues carry messages too", func(s *scene) {
		t, q := s.open(), s.queue()
		q.Type = actor.Classic
		now, later := s.envelope(q), s.envelope(q)
		later.Delay = 400 * time.Millisecond
		s.send(t, now, later)
		s.expectAll(s.consume(t, q, 2), []actor.Envelope{now, later})
	}},
	{"queues may have any name", func(s *scene) {
		t := s.open()
		names := []string{".dots.and.", " spaces ", "#*", "žluťoučký🐎", "/a?b=c&d%20", strings.Repeat("n", 127-len(s.queue().Name))}
		for _, end := range names {
			q := s.queueNamed(end)
			now, later, dead := s.envelope(q), s.envelope(q), s.envelope(q)
			later.Delay, dead.DeadLetter = 300*time.Millisecond, true
			s.send(t, now, later, dead)
			c := s.consume(t, q, 2)
			s.ack(s.expect(c, now))
			s.ack(s.expect(c, later))
			s.ack(s.expect(s.consumeDead(t, q, 1), dead))
		}
	}},
}
