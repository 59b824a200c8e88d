package amqp

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
)

var wireTime = time.Date(2024, 2, 29, 12, 30, 45, 123456000, time.UTC)

func wireEnvelope() *actor.Envelope {
	return &actor.Envelope{
		ID: "0190", Actor: "mail.Send", Body: []byte("\x80"), Persistent: true,
		Queue: &actor.Queue{Name: "emails"}, Priority: actor.NoPriority,
	}
}

// wireCases are what goes over the wire. The files of testdata that hold it are
// part of the wire contract: add files, never change them.
func wireCases() map[string]*actor.Envelope {
	delayed := wireEnvelope()
	delayed.Prefix, delayed.Delay, delayed.Remaining = "eu.", 5*layout.Step+100*time.Millisecond, time.Hour
	retry := wireEnvelope()
	retry.Attempt, retry.Failure = 3, "boom"
	retry.FirstSent, retry.FailedAt = wireTime.Add(-time.Hour), wireTime
	retry.Headers = map[string]any{"tenant": "blue", "n": int32(7), "raw": []byte{1}}
	dead := wireEnvelope()
	dead.DeadLetter, dead.Priority, dead.Persistent = true, 9, false
	dead.ContentType = "text/plain"
	return map[string]*actor.Envelope{"plain": wireEnvelope(), "delayed": delayed, "retry": retry, "dead": dead}
}

func TestWireFixtures(t *testing.T) {
	for name, e := range wireCases() {
		exchange, key, p, err := publishing(e, "app", wireTime)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(filepath.Join("..", "..", "testdata", "wire", "amqp", name+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		if got := describe(exchange, key, p); got != string(want) {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}

func describe(exchange, key string, p amqp.Publishing) string {
	var b strings.Builder
	fmt.Fprintf(&b, "exchange %q\nrouting-key %q\n", exchange, key)
	fmt.Fprintf(&b, "content_type %q\ntype %q\nmessage_id %q\ntimestamp %d\ndelivery_mode %d\npriority %d\napp_id %q\n",
		p.ContentType, p.Type, p.MessageId, p.Timestamp.Unix(), p.DeliveryMode, p.Priority, p.AppId)
	var headers []string
	for name, value := range p.Headers {
		headers = append(headers, fmt.Sprintf("header %s %T %v\n", name, value, value))
	}
	slices.Sort(headers)
	return b.String() + strings.Join(headers, "") + fmt.Sprintf("body %x\n", p.Body)
}

func TestEnvelopeRoundTrip(t *testing.T) {
	for name, e := range wireCases() {
		_, _, p, err := publishing(e, "app", wireTime)
		if err != nil {
			t.Fatal(err)
		}
		if p.Headers == nil {
			p.Headers = amqp.Table{}
		}
		p.Headers["x-death"] = "an earlier trip"
		d := translated(received(p), wireTime.Add(5*layout.Step))
		want := &actor.Delivery{
			ID: e.ID, Actor: e.Actor, ContentType: actor.ContentType, Body: e.Body, Priority: e.Priority,
			Sent: wireTime, Remaining: e.Remaining, Attempt: e.Attempt, Failure: e.Failure,
		}
		if e.ContentType != "" {
			want.ContentType = e.ContentType
		}
		if e.Headers != nil {
			want.Headers = map[string]any{"tenant": "blue", "n": int64(7), "raw": []byte{1}}
		}
		if e.Delay > 0 {
			want.Hold = 100 * time.Millisecond
		}
		if !d.FirstSent.Equal(e.FirstSent) || !d.FailedAt.Equal(e.FailedAt) {
			t.Errorf("%s: got times %s and %s, want %s and %s", name, d.FirstSent, d.FailedAt, e.FirstSent, e.FailedAt)
		}
		d.FirstSent, d.FailedAt = time.Time{}, time.Time{}
		if !reflect.DeepEqual(d, want) {
			t.Errorf("%s: got %+v, want %+v", name, d, want)
		}
	}
}

func received(p amqp.Publishing) *amqp.Delivery {
	return &amqp.Delivery{
		Headers: p.Headers, ContentType: p.ContentType, MessageId: p.MessageId, Type: p.Type,
		Timestamp: p.Timestamp, Priority: p.Priority, Body: p.Body,
	}
}

func TestHostileHeaders(t *testing.T) {
	values := []any{
		nil, true, int8(-1), int16(-1), int32(-1), int64(-1), int64(math.MaxInt64), int64(math.MinInt64), byte(255),
		uint16(9), uint32(math.MaxUint32), float32(math.Inf(1)), math.NaN(), "text", []byte("bytes"),
		time.Unix(1<<40, 0), amqp.Decimal{Scale: 3, Value: 1}, amqp.Table{"a": amqp.Table{}}, []any{[]any{nil}},
	}
	names := []string{
		headerAttempt, headerFirstSent, headerError, headerFailedAt, headerRemaining, headerHold, headerDue,
		headerDeliveryCount, "user", "CC", "x-death", "actor-d01",
	}
	for _, value := range values {
		headers := amqp.Table{}
		for _, name := range names {
			headers[name] = value
		}
		d := translated(&amqp.Delivery{Headers: headers}, wireTime)
		if d.Attempt < 0 || d.DeliveryCount < 0 || d.Remaining < 0 || d.Hold < 0 || d.Hold > layout.Step {
			t.Errorf("headers of %T %v: got %+v", value, value, d)
		}
		if len(d.Headers) != 1 {
			t.Errorf("headers of %T: got %v passed on, want only the user's", value, d.Headers)
		}
		e := wireEnvelope() // a worker sends the copy on
		e.Headers, e.Attempt = d.Headers, d.Attempt
		if _, _, _, err := publishing(e, "app", wireTime); err != nil {
			t.Errorf("headers of %T: cannot be sent on: %v", value, err)
		}
	}
}

func TestWhatWouldCloseTheConnectionIsRefused(t *testing.T) {
	long := strings.Repeat("x", 256)
	for name, change := range map[string]func(*actor.Envelope){
		"queue name":   func(e *actor.Envelope) { e.Queue = &actor.Queue{Name: long} },
		"actor name":   func(e *actor.Envelope) { e.Actor = long },
		"message ID":   func(e *actor.Envelope) { e.ID = long },
		"content type": func(e *actor.Envelope) { e.ContentType = long },
		"header name":  func(e *actor.Envelope) { e.Headers = map[string]any{long: 1} },
		"header type":  func(e *actor.Envelope) { e.Headers = map[string]any{"c": make(chan int)} },
		"big number":   func(e *actor.Envelope) { e.Headers = map[string]any{"n": uint64(math.MaxUint64)} },
		"headers": func(e *actor.Envelope) {
			e.Headers = map[string]any{"a": strings.Repeat("x", 9<<10), "b": make([]byte, 9<<10)}
		},
	} {
		e := wireEnvelope()
		change(e)
		if _, _, _, err := publishing(e, "app", wireTime); err == nil {
			t.Errorf("%s: got nil, want an error", name)
		}
	}
}

// TestACopyIsNeverRefused: what a worker could not send on would be delivered
// to it again for ever.
func TestACopyIsNeverRefused(t *testing.T) {
	for name, headers := range map[string]map[string]any{
		"large":   {"text": strings.Repeat("x", maxCopyHeaders)},
		"foreign": {"odd": struct{}{}},
	} {
		e := wireEnvelope()
		e.Headers = headers
		if _, _, _, err := publishing(e, "app", wireTime); err == nil {
			t.Errorf("%s headers of a new message: got nil, want an error", name)
		}
		e.Attempt, e.FirstSent, e.Failure = 1, wireTime, strings.Repeat("x", 10<<10)
		if _, _, p, err := publishing(e, "app", wireTime); err != nil || p.Headers[headerAttempt] != int64(1) {
			t.Errorf("%s headers of a copy: got %v, %v; want our own headers", name, p.Headers, err)
		}
	}
}

func TestLongFailuresAreCutBetweenCharacters(t *testing.T) {
	e := wireEnvelope()
	e.Failure = strings.Repeat("é", maxFailure)
	_, _, p, err := publishing(e, "app", wireTime)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Headers[headerError].(string); len(got) > maxFailure || strings.ContainsRune(got, '\uFFFD') {
		t.Errorf("failure: got %d bytes, want at most %d, and whole characters", len(got), maxFailure)
	}
}

func translated(d *amqp.Delivery, now time.Time) *actor.Delivery {
	var out actor.Delivery
	translate(d, now, &out)
	return &out
}
