package amqp

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"strings"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

const tooLong = maxShortString + 1

// hostile are envelopes that no client makes, by how they differ from a good
// one. Each would cost everybody the channel or the connection, or would be sent
// as something else than it says.
func hostile(q *actor.Queue) map[string]func(*actor.Envelope) {
	named := func(name string) func(*actor.Envelope) {
		return func(e *actor.Envelope) { e.Queue = &actor.Queue{Name: name} }
	}
	header := func(name string, value any) func(*actor.Envelope) {
		return func(e *actor.Envelope) { e.Headers = map[string]any{name: value} }
	}
	long, cycle := strings.Repeat("x", tooLong), amqp.Table{}
	cycle["again"] = cycle
	return map[string]func(*actor.Envelope){
		"no queue":                     func(e *actor.Envelope) { e.Queue = nil },
		"unnamed queue":                named(""),
		"long queue":                   named(long),
		"queue whose dead are long":    named(strings.Repeat("x", maxShortString)),
		"queue not UTF-8":              named(q.Name + "\xff\xfe"),
		"long prefix":                  func(e *actor.Envelope) { e.Prefix = strings.Repeat("x", maxShortString-10) },
		"prefix not UTF-8":             func(e *actor.Envelope) { e.Prefix, e.Delay = "\xff", time.Second },
		"no ID":                        func(e *actor.Envelope) { e.ID = "" },
		"long ID":                      func(e *actor.Envelope) { e.ID = long },
		"long actor":                   func(e *actor.Envelope) { e.Actor = long },
		"long content type":            func(e *actor.Envelope) { e.ContentType = long },
		"long header name":             header(long, "x"),
		"empty header name":            header("", "x"),
		"CC":                           header("CC", "everybody"),
		"CC array":                     header("CC", []any{q.Name}),
		"BCC":                          header("BCC", []any{q.Name}),
		"x-header":                     header("x-death", "x"),
		"actor header":                 header("actor-attempt", 1),
		"level header":                 header("actor-d01", 1),
		"header of an unknown type":    header("a", make(chan int)),
		"header of a struct":           header("a", struct{}{}),
		"nil header":                   header("a", nil),
		"number beyond 64 signed bits": header("a", uint64(math.MaxUint64)),
		"fraction":                     header("a", 1.5),
		"table":                        header("a", amqp.Table{"b": "c"}),
		"table with a long name":       header("a", amqp.Table{long: "c"}),
		"table that holds itself":      header("a", cycle),
		"array":                        header("a", []any{int64(1)}),
		"long headers":                 header("a", strings.Repeat("x", maxHeaders)),
		"many headers": func(e *actor.Envelope) {
			e.Headers = map[string]any{}
			for i := range 2000 {
				e.Headers[fmt.Sprint("name", i)] = i
			}
		},
		"large body":              func(e *actor.Envelope) { e.Body = make([]byte, 1<<20+1) },
		"priority under 0":        func(e *actor.Envelope) { e.Priority = -2 },
		"priority over 255":       func(e *actor.Envelope) { e.Priority = 256 },
		"negative delay":          func(e *actor.Envelope) { e.Delay = -1 },
		"delay over the limit":    func(e *actor.Envelope) { e.Delay = defaultMaxDelay + 1 },
		"largest delay":           func(e *actor.Envelope) { e.Delay = math.MaxInt64 },
		"smallest delay":          func(e *actor.Envelope) { e.Delay = math.MinInt64 },
		"no time":                 func(e *actor.Envelope) { e.Timeout = 0 },
		"negative time":           func(e *actor.Envelope) { e.Timeout = math.MinInt64 },
		"copy with a long ID":     func(e *actor.Envelope) { e.ID, e.Attempt = long, 1 },
		"copy to a long queue":    func(e *actor.Envelope) { e.Queue, e.Attempt = &actor.Queue{Name: long}, 1 },
		"copy to a queue not UTF": func(e *actor.Envelope) { e.Queue, e.Attempt = &actor.Queue{Name: "\xff"}, 1 },
	}
}

func TestHostileMessagesCostNobodyElse(t *testing.T) {
	t.Parallel()
	broker := rabbittest.URL(t)
	transport := dialTest(t, Config{URL: broker})
	q := testQueue(t)
	declareRaw(t, broker, q.Name, layout.Main(q).Args)
	end := innocents(t, transport, q, 32)
	lanes := lanesOf(transport)
	var batch []actor.Envelope
	for name, spoil := range hostile(q) {
		e := testEnvelope(q, "hostile "+name)
		spoil(&e)
		start := time.Now()
		refused(t, name, send(transport, e), e)
		if took := time.Since(start); took > late {
			t.Errorf("%s: refused after %s, want it at once", name, took)
		}
		batch = append(batch, testEnvelope(q, "beside "+name), e)
	}
	for i, err := range transport.Publish(context.Background(), batch) {
		if i%2 == 1 {
			refused(t, "in a batch", err, batch[i])
		} else if err != nil {
			t.Errorf("a good message of a batch with hostile ones: got %v, want nil", err)
		}
	}
	want := end()
	if lanesOf(transport) != lanes {
		t.Error("the channel or the connection was lost, want the same ones")
	}
	for i := 0; i < len(batch); i += 2 {
		want[batch[i].ID] = true
	}
	holdsExactly(t, broker, q.Name, want)
}

// refused checks that err says that nothing was sent, and what is wrong.
func refused(t *testing.T, name string, err error, e actor.Envelope) {
	t.Helper()
	failure(t, err, e, actor.ErrNotSent)
	var invalid *actor.InvalidMessageError
	var delay *actor.DelayTooLongError
	if !errors.As(err, &invalid) && !errors.As(err, &delay) || errors.As(err, &delay) != (e.Delay > defaultMaxDelay) {
		t.Errorf("%s: got %v, want what is wrong as a type", name, err)
	}
}

// What looks odd but is legal arrives as it was sent.
func TestOddMessagesArriveUnchanged(t *testing.T) {
	t.Parallel()
	broker := rabbittest.URL(t)
	transport := dialTest(t, Config{URL: broker})
	q := testQueue(t)
	q.Name += "\x00 ~#*. é"
	odd := testEnvelope(q, "id\x00\xff")
	odd.Actor = "actor\xff\x00"
	odd.Body = []byte{0, 0xff, 0xce}
	odd.Timeout = math.MaxInt64
	odd.Headers = map[string]any{
		"not UTF-8 \xff": "\xfe\x00", "zero\x00": []byte{0}, strings.Repeat("n", maxShortString): "",
		"least": int64(math.MinInt64), "most": uint64(math.MaxInt64), "cc": "not CC", "byte": uint8(200),
	}
	mustSend(t, transport, odd)
	copied := testEnvelope(q, "copy")
	copied.Attempt = 1
	copied.Headers = map[string]any{"table": amqp.Table{"a": []any{int64(1), nil}}, "CC": "dropped", "x-death": "dropped"}
	mustSend(t, transport, copied)
	// Without their headers, but never refused, and at nobody's cost.
	lanes := lanesOf(transport)
	for name, value := range map[string]any{
		"tangled": nested(100), "long": amqp.Table{strings.Repeat("x", tooLong): true}, "foreign": []any{struct{}{}},
	} {
		stripped := testEnvelope(q, name)
		stripped.Attempt, stripped.Headers = 1, map[string]any{"a": value}
		mustSend(t, transport, stripped)
	}
	if lanesOf(transport) != lanes {
		t.Error("the channel or the connection was lost, want the same ones")
	}

	came := take(t, broker, q.Name)
	if len(came) != 5 {
		t.Fatalf("got %d messages, want 5", len(came))
	}
	if d := came[0]; d.MessageId != odd.ID || d.Type != odd.Actor || string(d.Body) != string(odd.Body) {
		t.Errorf("got message %q of %q with body %x", d.MessageId, d.Type, d.Body)
	}
	want := maps.Clone(odd.Headers)
	want["most"], want["byte"] = int64(math.MaxInt64), int64(200)
	for _, d := range []struct {
		name      string
		got, want map[string]any
	}{
		{"odd", came[0].Headers, want},
		{"copied", came[1].Headers, map[string]any{"table": copied.Headers["table"], headerAttempt: int64(1)}},
		{"stripped", came[2].Headers, map[string]any{headerAttempt: int64(1)}},
		{"stripped", came[3].Headers, map[string]any{headerAttempt: int64(1)}},
		{"stripped", came[4].Headers, map[string]any{headerAttempt: int64(1)}},
	} {
		if fmt.Sprint(d.got) != fmt.Sprint(d.want) {
			t.Errorf("%s: got headers %q, want %q", d.name, d.got, d.want)
		}
	}
}

// nested returns tables within tables, each in two places of the next: few of
// them, but more to visit than anybody could.
func nested(depth int) any {
	var value any = "end"
	for range depth {
		value = []any{value, value}
	}
	return value
}

// A declaration to which the broker answers by closing the connection is not
// made again: each time would cost everybody the connection.
func TestDeclarationThatClosesTheConnectionIsAnAnswer(t *testing.T) {
	t.Parallel()
	transport := dialTest(t, Config{URL: rabbittest.URL(t)})
	e := testEnvelope(&actor.Queue{Name: "\xff"}, "unchecked")
	d := transport.topology.ready(&e)
	select {
	case <-d.done:
	case <-time.After(20 * time.Second):
		t.Fatal("the declaration goes on for ever")
	}
	var reason *amqp.Error
	if !errors.As(d.err, &reason) || reason.Code != amqp.FrameError {
		t.Errorf("got %v, want the broker's answer", d.err)
	}
	mustSend(t, transport, testEnvelope(testQueue(t), "after"))
}

func TestConsumeRefusesAHostileQueue(t *testing.T) {
	t.Parallel()
	transport := dialTest(t, Config{URL: rabbittest.URL(t)})
	for name, q := range map[string]*actor.Queue{
		"none": nil, "unnamed": {}, "long": {Name: strings.Repeat("x", maxShortString)}, "not UTF-8": {Name: "\xff"},
	} {
		start := time.Now()
		if _, err := transport.Consume(t.Context(), actor.Subscription{Queue: q, Prefetch: 1}); err == nil || time.Since(start) > late {
			t.Errorf("%s: got %v after %s, want an error at once", name, err, time.Since(start))
		}
	}
}
