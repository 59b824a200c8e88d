package actor

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

var checked = Definition{Name: "tasks.Check", Queue: Queue{Name: "checks"}}

func seal(t *testing.T, cfg ClientConfig, m Message) (Envelope, error) {
	t.Helper()
	var e Envelope
	r := newRoute(&checked, &cfg, time.Hour)
	err := r.seal(&e, &m, cfg.QueuePrefix)
	return e, err
}

func TestSealRefusesWhatNoBrokerShouldSee(t *testing.T) {
	valid := Message{ID: "1", Actor: "tasks.Check"}
	tests := []struct {
		name   string
		change func(*Message)
		want   string
	}{
		{"no ID", func(m *Message) { m.ID = "" }, "message ID"},
		{"long ID", func(m *Message) { m.ID = strings.Repeat("x", 256) }, "message ID"},
		{"long actor", func(m *Message) { m.Actor = strings.Repeat("x", 256) }, "actor's name"},
		{"large body", func(m *Message) { m.Body = make([]byte, maxBodyBytes+1) }, "1048577 bytes"},
		{"negative delay", func(m *Message) { m.Delay = -1 }, "negative"},
		{"priority", func(m *Message) { m.Priority = new(256) }, "priority 256"},
		{"long header", func(m *Message) { m.Headers = map[string]any{strings.Repeat("x", 256): ""} }, "header name"},
		{"CC", func(m *Message) { m.Headers = map[string]any{"CC": "x"} }, "reserved"},
		{"x-header", func(m *Message) { m.Headers = map[string]any{"X-match": "x"} }, "reserved"},
		{"actor-header", func(m *Message) { m.Headers = map[string]any{"actor-attempt": 1} }, "reserved"},
		{"header type", func(m *Message) { m.Headers = map[string]any{"a": 1.5} }, "float64"},
		{"large uint", func(m *Message) { m.Headers = map[string]any{"a": uint64(math.MaxUint64)} }, "uint64"},
		{"many headers", func(m *Message) { m.Headers = map[string]any{"a": strings.Repeat("x", maxHeaderBytes)} }, "12288 are allowed"},
	}
	for _, test := range tests {
		m := valid
		test.change(&m)
		_, err := seal(t, ClientConfig{}, m)
		var invalid *InvalidMessageError
		if !errors.As(err, &invalid) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want an InvalidMessageError with %q", test.name, err, test.want)
		}
	}
	if _, err := seal(t, ClientConfig{}, valid); err != nil {
		t.Errorf("valid message: got %v, want nil", err)
	}
}

func TestCheckSparesCopies(t *testing.T) {
	foreign := Envelope{Queue: &Queue{Name: "checks"}, Timeout: time.Second, Body: make([]byte, maxBodyBytes+1),
		Headers: map[string]any{"CC": 1.5}, Actor: strings.Repeat("x", 300)}
	for name, mark := range map[string]func(*Envelope){
		"retry":                func(e *Envelope) { e.Attempt = 1 },
		"dead letter":          func(e *Envelope) { e.DeadLetter = true },
		"leg of a delay":       func(e *Envelope) { e.Remaining = time.Second },
		"sent before":          func(e *Envelope) { e.FirstSent = time.Now() },
		"of some content type": func(e *Envelope) { e.ContentType = "text/plain" },
	} {
		e := foreign
		mark(&e)
		if err := e.Check(time.Hour); err != nil {
			t.Errorf("%s: got %v, want nil", name, err)
		}
		var invalid *InvalidMessageError
		if e.Queue = nil; !errors.As(e.Check(time.Hour), &invalid) {
			t.Errorf("%s to no queue: got nil, want an InvalidMessageError", name)
		}
	}
	if err := foreign.Check(time.Hour); err == nil {
		t.Error("a new message: got nil, want an InvalidMessageError")
	}
}

func TestSealDelays(t *testing.T) {
	limited := ClientConfig{Publish: PublishPolicy{MaxDelay: new(time.Minute)}}
	m := Message{ID: "1", Actor: "tasks.Check", Delay: time.Minute}
	if e, err := seal(t, limited, m); err != nil || e.Delay != time.Minute {
		t.Errorf("delay equal to the limit: got %s, %v, want it accepted", e.Delay, err)
	}
	for name, tooLong := range map[string]Message{
		"a nanosecond more": {ID: "1", Delay: time.Minute + 1},
		"overflowing":       {ID: "1", Delay: math.MaxInt64},
		"far future":        {ID: "1", At: time.Unix(math.MaxInt64/2, 0)},
	} {
		_, err := seal(t, limited, tooLong)
		var long *DelayTooLongError
		if !errors.As(err, &long) || long.MaxDelay != time.Minute || long.Queue != "checks" {
			t.Errorf("%s: got %v, want a DelayTooLongError with limit 1m0s and queue checks", name, err)
		}
	}
	if e, err := seal(t, limited, Message{ID: "1", At: time.Now().Add(-time.Hour)}); err != nil || e.Delay != 0 {
		t.Errorf("a time in the past: got %s, %v, want 0, nil", e.Delay, err)
	}
	unlimited := ClientConfig{Publish: PublishPolicy{MaxDelay: new(2 * time.Hour)}}
	if _, err := seal(t, unlimited, Message{ID: "1", Delay: 2 * time.Hour}); err == nil {
		t.Error("limit above the transport's: got nil, want the transport's to count")
	}
}

func TestSealMakesHeadersPlain(t *testing.T) {
	e, err := seal(t, ClientConfig{}, Message{ID: "1", Headers: map[string]any{
		"int": 3_000_000_000, "int8": int8(-1), "uint": uint(7), "text": "x",
	}})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{"int": int64(3_000_000_000), "int8": int64(-1), "uint": int64(7), "text": "x"} {
		if got := e.Headers[name]; got != want {
			t.Errorf("header %s: got %T %v, want %T %v", name, got, got, want, want)
		}
	}
}

func TestRoutePrecedence(t *testing.T) {
	d := Definition{Name: "a", Publish: PublishPolicy{Confirm: new(true), Priority: new(NoPriority)}}
	cfg := ClientConfig{
		DefaultQueue: "work", QueuePrefix: "eu.",
		Publish: PublishPolicy{Confirm: new(false), Mandatory: new(false), Priority: new(5)},
	}
	r := newRoute(&d, &cfg, time.Hour)
	want := resolvedPublish{confirm: true, mandatory: false, persistent: true,
		timeout: 5 * time.Second, maxDelay: time.Hour, priority: NoPriority}
	if r.publish != want {
		t.Errorf("got %+v, want %+v", r.publish, want)
	}
	if r.queue.Name != "eu.work" {
		t.Errorf("queue: got %q, want %q", r.queue.Name, "eu.work")
	}
}

func TestNewID(t *testing.T) {
	seen := make(map[string]bool)
	previous := ""
	for range 10_000 {
		id := newID()
		if len(id) != 36 || id[14] != '7' || !strings.ContainsRune("89ab", rune(id[19])) {
			t.Fatalf("got %q, want a UUID of version 7", id)
		}
		if seen[id] {
			t.Fatalf("got %q twice", id)
		}
		if id[:13] < previous {
			t.Fatalf("got %q after %q, want times to grow", id, previous)
		}
		seen[id], previous = true, id[:13]
	}
}

func TestShortenKeepsRunesWhole(t *testing.T) {
	got := shorten(strings.Repeat("é", 20), 12)
	if got != "éééé…" {
		t.Errorf("got %q, want %q", got, "éééé…")
	}
	if got := shorten("short", 12); got != "short" {
		t.Errorf("got %q, want %q", got, "short")
	}
}
