package transporttest

import (
	"bytes"
	"math"
	"reflect"
	"strings"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

var facts = []promise{
	{"all facts arrive", func(s *scene) {
		t, q := s.open(), s.queue()
		e := s.fullEnvelope(q)
		s.send(t, e)
		s.sameFacts(s.expect(s.consume(t, q, 1), e), e)
	}},
	{"a plain message has no facts but its own", func(s *scene) {
		t, q := s.open(), s.queue()
		e := s.envelope(q)
		s.send(t, e)
		d := s.expect(s.consume(t, q, 1), e)
		s.sameFacts(d, e)
		if d.Redelivered || d.DeliveryCount != 0 || d.Hold != 0 {
			s.Errorf("got redelivered %t, count %d, hold %s, want false, 0, 0", d.Redelivered, d.DeliveryCount, d.Hold)
		}
	}},
	{"a message says when it was sent and what it holds", func(s *scene) {
		t, q := s.open(), s.queue()
		e := s.envelope(q)
		s.send(t, e)
		d := s.expect(s.consume(t, q, 1), e)
		if age := time.Since(d.Sent); age < -time.Second || age > patience {
			s.Errorf("sent %s ago, want a moment ago", age)
		}
		if d.ContentType != actor.ContentType {
			s.Errorf("content type: got %q, want %q", d.ContentType, actor.ContentType)
		}
	}},
	{"a message of another content type keeps it", func(s *scene) {
		t, q := s.open(), s.queue()
		e := s.envelope(q)
		e.ContentType = "application/json"
		s.send(t, e)
		if d := s.expect(s.consume(t, q, 1), e); d.ContentType != e.ContentType {
			s.Errorf("content type: got %q, want %q", d.ContentType, e.ContentType)
		}
	}},
	{"facts survive a delay", func(s *scene) {
		t, q := s.open(), s.queue()
		e := s.fullEnvelope(q)
		e.Delay = 600 * time.Millisecond
		s.send(t, e)
		s.sameFacts(s.expect(s.consume(t, q, 1), e), e)
	}},
	{"facts survive the dead-letter queue", func(s *scene) {
		t, q := s.open(), s.queue()
		e := s.fullEnvelope(q)
		e.DeadLetter = true
		s.send(t, e)
		s.sameFacts(s.expect(s.consumeDead(t, q, 1), e), e)
	}},
	{"facts survive a redelivery, whatever the receiver did to them", func(s *scene) {
		t, q := s.open(), s.queue()
		e := s.fullEnvelope(q)
		s.send(t, e)
		c := s.consume(t, q, 1)
		d := s.expect(c, e)
		clear(d.Body)
		clear(d.Headers)
		d.Settlement.Requeue()
		s.sameFacts(s.expect(c, e), e)
	}},
	{"headers keep their types and values", func(s *scene) {
		t, q := s.open(), s.queue()
		e := s.envelope(q)
		e.Headers = map[string]any{
			"text": "plain", "empty text": "", "unicode": "žluťoučký kůň 🐎", "long text": strings.Repeat("x", 4000),
			"bytes": []byte{0, 1, 0xff}, "no bytes": []byte{},
			"zero": int64(0), "one": int64(1), "minus one": int64(-1),
			"above 2^31": int64(3_000_000_000), "below -2^31": int64(-3_000_000_000),
			"largest": int64(math.MaxInt64), "smallest": int64(math.MinInt64),
			"a name with spaces, dots. and ünïcode": "named",
		}
		s.send(t, e)
		s.sameFacts(s.expect(s.consume(t, q, 1), e), e)
	}},
	{"bodies arrive byte for byte", func(s *scene) {
		t, q := s.open(), s.queue()
		every := make([]byte, 1<<10)
		for i := range every {
			every[i] = byte(i)
		}
		bodies := [][]byte{{}, nil, {0}, every, bytes.Repeat(every, 1<<10)}
		batch := s.envelopes(q, len(bodies))
		for i := range batch {
			batch[i].Body = bodies[i]
		}
		s.send(t, batch...)
		c := s.consume(t, q, len(bodies))
		for i, e := range batch {
			if d := s.expect(c, e); !bytes.Equal(d.Body, bodies[i]) {
				s.Errorf("body %d: got %d bytes, want the %d bytes that were sent", i, len(d.Body), len(bodies[i]))
			}
		}
	}},
	{"failure texts arrive as they are", func(s *scene) {
		t, q := s.open(), s.queue()
		texts := []string{"boom", strings.Repeat("chyba: žluťoučký kůň ", 40), "line\nbreak\x00and\ttab"}
		batch := s.envelopes(q, len(texts))
		for i := range batch {
			batch[i].Failure, batch[i].Attempt = texts[i], i+1
		}
		s.send(t, batch...)
		c := s.consume(t, q, len(texts))
		for _, e := range batch {
			s.sameFacts(s.expect(c, e), e)
		}
	}},
	{"priorities arrive", func(s *scene) {
		t, q := s.open(), s.queue()
		// One at a time: a broker may order by priority even where none is
		// asked for.
		c := s.consume(t, q, 1)
		for _, priority := range []int{actor.NoPriority, 0, 1, 9, 255} {
			e := s.envelope(q)
			e.Priority = priority
			s.send(t, e)
			d := s.expect(c, e)
			s.sameFacts(d, e)
			s.ack(d)
		}
	}},
	{"a delivery can be sent on with all its facts", func(s *scene) {
		t, q := s.open(), s.queue()
		e := s.fullEnvelope(q)
		e.Delay = 300 * time.Millisecond
		s.send(t, e)
		c := s.consume(t, q, 1)
		for range 3 {
			d := s.expect(c, e)
			e.Headers, e.Attempt = d.Headers, e.Attempt+1
			s.send(t, e)
			s.ack(d)
		}
		s.sameFacts(s.expect(c, e), e)
	}},
}

// fullEnvelope returns a message with every fact set.
func (s *scene) fullEnvelope(q *actor.Queue) actor.Envelope {
	e := s.envelope(q)
	e.Body = []byte{0x82, 0x00, 0xff, 'a'}
	e.Headers = map[string]any{"tenant": "ada", "count": int64(-3_000_000_000), "raw": []byte{0, 0xff}}
	e.Priority = 3
	e.Attempt = 7
	e.Failure = "smtp: 451 zkuste to později"
	e.FirstSent = time.UnixMilli(1_700_000_000_123)
	e.FirstDue = time.UnixMilli(1_700_000_050_789)
	e.FailedAt = time.UnixMilli(1_700_000_100_456)
	e.Remaining = 300*time.Hour + time.Millisecond
	return e
}

// sameFacts checks that d carries what e said and nothing else. Priority 0 and
// none are the same to brokers.
func (s *scene) sameFacts(d *actor.Delivery, e actor.Envelope) {
	s.Helper()
	check := func(fact string, got, want any) {
		s.Helper()
		if !reflect.DeepEqual(got, want) {
			s.Errorf("%s: got %#v, want %#v", fact, got, want)
		}
	}
	check("ID", d.ID, e.ID)
	check("actor", d.Actor, e.Actor)
	check("body", string(d.Body), string(e.Body))
	if len(d.Headers) > 0 || len(e.Headers) > 0 { // none may be nil or empty
		check("headers", d.Headers, e.Headers)
	}
	check("priority", max(d.Priority, 0), max(e.Priority, 0))
	check("attempt", d.Attempt, e.Attempt)
	check("failure", d.Failure, e.Failure)
	check("remaining", d.Remaining, e.Remaining)
	check("first sent", d.FirstSent.UTC(), e.FirstSent.UTC())
	check("first due", d.FirstDue.UTC(), e.FirstDue.UTC())
	check("failed at", d.FailedAt.UTC(), e.FailedAt.UTC())
}
