package memory_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/memory"
)

func TestDelayAboveTheLimitIsNotSent(t *testing.T) {
	transport := open(t, memory.Config{MaxDelay: time.Minute})
	e := envelope(mails())
	e.Delay = time.Minute + time.Nanosecond
	errs := transport.Publish(t.Context(), []actor.Envelope{e})
	if len(errs) != 1 || !errors.Is(errs[0], actor.ErrNotSent) {
		t.Errorf("Publish: got %v, want ErrNotSent", errs)
	}
}

func TestSenderMayNotChangeWhatWasConfirmed(t *testing.T) {
	transport := open(t, memory.Config{})
	e := envelope(mails())
	e.Headers = map[string]any{"raw": []byte("header")}
	publish(t, transport, e)
	clear(e.Body)
	clear(e.Headers["raw"].([]byte))
	d := receive(t, consume(t, transport, mails(), 1))
	if body, raw := string(d.Body), string(d.Headers["raw"].([]byte)); body != "body" || raw != "header" {
		t.Errorf("got body %q and header %q, want %q and %q", body, raw, "body", "header")
	}
}

func TestFullBrokerBlocksPublishers(t *testing.T) {
	transport := open(t, memory.Config{MaxBytes: 10_000})
	large := func() actor.Envelope {
		e := envelope(mails())
		e.Body = make([]byte, 6_000)
		return e
	}
	first := large()
	publish(t, transport, first)
	errs := transport.Publish(t.Context(), []actor.Envelope{large()})
	if len(errs) != 1 || !errors.Is(errs[0], actor.ErrNotSent) || !errors.Is(errs[0], actor.ErrBlocked) {
		t.Fatalf("Publish to a full broker: got %v, want ErrNotSent with cause ErrBlocked", errs)
	}
	c := consume(t, transport, mails(), 1)
	d := receive(t, c)
	d.Settlement.Requeue()
	if err := receive(t, c).Settlement.Ack(true); err != nil {
		t.Fatalf("Ack: got %v, want nil", err)
	}
	publish(t, transport, large())
}

// counter is a slog.Handler that counts records.
type counter struct{ records int }

func (c *counter) Enabled(context.Context, slog.Level) bool  { return true }
func (c *counter) Handle(context.Context, slog.Record) error { c.records++; return nil }
func (c *counter) WithAttrs([]slog.Attr) slog.Handler        { return c }
func (c *counter) WithGroup(string) slog.Handler             { return c }

func TestContradictionOfAPublisherIsReportedOnce(t *testing.T) {
	logged := &counter{}
	transport := open(t, memory.Config{Logger: slog.New(logged)})
	publish(t, transport, envelope(mails()))
	if logged.records != 0 {
		t.Fatalf("records before a contradiction: got %d, want 0", logged.records)
	}
	other := mails()
	other.MaxLength = 7
	publish(t, transport, envelope(other), envelope(other))
	if logged.records != 1 {
		t.Errorf("records: got %d, want 1", logged.records)
	}
}

func TestContradictionNamesQueueArgumentAndValues(t *testing.T) {
	classic := func(q *actor.Queue) { q.Type = actor.Classic }
	for _, test := range []struct {
		name          string
		first, second func(*actor.Queue)
		want          []string
	}{
		{"type", func(*actor.Queue) {}, classic, []string{`"mails"`, "x-queue-type", `"quorum"`, `"classic"`}},
		{"delivery limit", func(q *actor.Queue) { q.DeliveryLimit = 7 }, func(*actor.Queue) {}, []string{`"mails"`, "x-delivery-limit", "7", "20"}},
		{"overflow", func(q *actor.Queue) { q.Overflow = actor.DropHead }, func(*actor.Queue) {}, []string{`"mails"`, "x-overflow", `"drop-head"`, `"reject-publish"`}},
		{"max length", func(q *actor.Queue) { q.MaxLength = 7 }, func(*actor.Queue) {}, []string{`"mails"`, "x-max-length", "7", "not set"}},
		{"priority", func(q *actor.Queue) { classic(q); q.MaxPriority = 9 }, classic, []string{`"mails"`, "x-max-priority", "9", "not set"}},
		{"dead letters of retries", func(q *actor.Queue) { q.Name = "mails.RQ" }, func(q *actor.Queue) { q.MaxLength = 7 }, []string{`"mails.RQ"`, "x-dead-letter-routing-key", `"mails.RQ.XQ"`, `"mails.XQ"`}},
		{"time to live", func(q *actor.Queue) { q.DeadLetterTTL = time.Second }, func(*actor.Queue) {}, []string{`"mails.XQ"`, "x-message-ttl", "1000", "not set"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			transport, first, second := open(t, memory.Config{}), mails(), mails()
			test.first(first)
			test.second(second)
			consume(t, transport, first, 1)
			_, err := transport.Consume(t.Context(), actor.Subscription{Queue: second, Prefetch: 1})
			if err == nil {
				t.Fatal("Consume: got nil, want an error")
			}
			for _, part := range test.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("got %q, want it to name %s", err, part)
				}
			}
			// What was there before works on.
			consume(t, transport, first, 1)
		})
	}
}

func TestEqualDeclarationsDoNotContradict(t *testing.T) {
	transport, spelled := open(t, memory.Config{}), mails()
	spelled.Type, spelled.Overflow, spelled.DeliveryLimit = actor.Quorum, actor.RejectPublish, actor.DefaultDeliveryLimit
	consume(t, transport, mails(), 1)
	consume(t, transport, spelled, 1)
}
