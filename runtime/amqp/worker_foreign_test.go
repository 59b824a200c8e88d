package amqp

import (
	"bytes"
	"context"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// What another program puts into the queue is dead-lettered with its reason,
// content type and body, while the tasks behind it run.
func TestWorkerDeadLettersWhatItCannotRun(t *testing.T) {
	t.Parallel()
	broker := rabbittest.URL(t)
	transport := dialTest(t, Config{URL: broker})
	q := testQueue(t)
	var ran atomic.Int64
	definition := &actor.Definition{Name: "test.Task", Queue: *q, Work: actor.WorkPolicy{MaxRetries: new(0)}}
	workOn(t, transport, actor.WorkerConfig{Concurrency: 2}, actor.Table{{
		Definition: definition,
		Bind: func(m actor.Message) (actor.Task, error) {
			d := actor.NewStub(definition).Decoder(m)
			for range d.Fields() {
			}
			if err := d.Err(); err != nil {
				return nil, err
			}
			return func(context.Context) error { ran.Add(1); return nil }, nil
		},
	}})
	const known = "test.Task"
	foreign := map[string]struct {
		message amqp.Publishing
		reason  string
	}{
		"json":              {amqp.Publishing{ContentType: "application/json", Type: known, Body: []byte(`{"a":1}`)}, "content type"},
		"no content type":   {amqp.Publishing{Type: known, Body: []byte{0x80}}, "content type"},
		"nothing at all":    {amqp.Publishing{}, "content type"},
		"empty body":        {amqp.Publishing{ContentType: actor.ContentType, Type: known}, "malformed"},
		"garbage":           {amqp.Publishing{ContentType: actor.ContentType, Type: known, Body: bytes.Repeat([]byte{0xc1, 0xff}, 1<<19)}, "malformed"},
		"deep":              {amqp.Publishing{ContentType: actor.ContentType, Type: known, Body: append([]byte{0x81, 0xa1, 'a'}, bytes.Repeat([]byte{0x91}, 1<<20)...)}, "malformed"},
		"huge length":       {amqp.Publishing{ContentType: actor.ContentType, Type: known, Body: []byte{0xdf, 0xff, 0xff, 0xff, 0xff}}, "malformed"},
		"absurd attempt":    {amqp.Publishing{ContentType: "x", Type: known, Headers: amqp.Table{headerAttempt: int64(math.MaxInt64)}}, "content type"},
		"attempt of text":   {amqp.Publishing{ContentType: "x", Type: known, Headers: amqp.Table{headerAttempt: "many"}}, "content type"},
		"time before time":  {amqp.Publishing{ContentType: "x", Type: known, Headers: amqp.Table{headerFirstSent: int64(math.MinInt64)}}, "content type"},
		"negative delay":    {amqp.Publishing{ContentType: "x", Type: known, Headers: amqp.Table{headerRemaining: int64(-1)}}, "content type"},
		"hold of centuries": {amqp.Publishing{ContentType: "x", Type: known, Headers: amqp.Table{headerHold: int64(math.MaxInt64), headerDue: int64(math.MaxInt64)}}, "content type"},
	}
	onChannel(t, broker, func(ch *amqp.Channel) error {
		if err := ch.Confirm(false); err != nil {
			return err
		}
		for id, f := range foreign {
			f.message.MessageId = id
			confirm, err := ch.PublishWithDeferredConfirm("", q.Name, true, false, f.message)
			if err != nil {
				return err
			}
			if !confirm.Wait() {
				t.Errorf("message %q: not taken by the broker", id)
			}
		}
		return nil
	})
	behind := testEnvelope(q, "behind")
	behind.Body = []byte{0x80}
	mustSend(t, transport, behind)
	eventually(t, "the task behind them runs", func() bool { return ran.Load() == 1 })
	eventually(t, "all are dead letters", func() bool { return ready(t, broker, q.DeadLetterName()) >= len(foreign) })
	for _, d := range take(t, broker, q.DeadLetterName()) {
		f, ok := foreign[d.MessageId]
		reason, _ := d.Headers[headerError].(string)
		if !ok || d.ContentType != f.message.ContentType || !bytes.Equal(d.Body, f.message.Body) || !strings.Contains(reason, f.reason) {
			t.Errorf("dead letter %q: got content type %q, %d bytes, reason %q; want %q, %d bytes, a reason with %q",
				d.MessageId, d.ContentType, len(d.Body), reason, f.message.ContentType, len(f.message.Body), f.reason)
		}
		if d.Timestamp.After(time.Now().Add(time.Minute)) {
			t.Errorf("dead letter %q: got time %s", d.MessageId, d.Timestamp)
		}
		delete(foreign, d.MessageId)
	}
	for id := range foreign {
		t.Errorf("%s: got no dead letter", id)
	}
	if ran.Load() != 1 {
		t.Errorf("got %d runs, want 1", ran.Load())
	}
}
