package amqp

import (
	"log/slog"
	"testing"
	"time"
)

// A destination stays on the detour while its messages wait, is let off by a
// confirm, and is forgotten when nothing was sent to it for a while.
func TestDetours(t *testing.T) {
	var d detours
	now := time.Now()
	d.keep("kept", now) // which does not put it there
	d.note("stopped", now)
	d.note("forgotten", now)
	if d.has("kept") || !d.has("stopped") || !d.has("forgotten") {
		t.Fatalf("got %v on the detour, want what was noted", d.waited)
	}
	d.keep("stopped", now.Add(parole))
	d.expire(now.Add(parole + time.Second))
	if !d.has("stopped") || d.has("forgotten") {
		t.Errorf("got %v on the detour, want only what still waits", d.waited)
	}
	d.end("stopped")
	if d.has("stopped") || d.taken.Load() {
		t.Errorf("got %v on the detour after a confirm, want nothing", d.waited)
	}
	d.report(slog.New(slog.DiscardHandler))
	if len(d.changes) > 0 {
		t.Errorf("got %v to report again, want nothing", d.changes)
	}
}

// Queues are judged by what the broker says to others, and never by their
// slowness alone.
func TestSilentQueueIsTold(t *testing.T) {
	start := time.Now()
	at := func(seconds float64) time.Time { return start.Add(time.Duration(seconds * float64(time.Second))) }
	for name, c := range map[string]struct {
		confirmed time.Time // when the last confirmed message got its place
		messages  int
		suspects  int
		diverted  bool
		retired   bool
	}{
		"nobody is heard":                     {messages: 100},
		"it was overtaken, and nobody since":  {confirmed: at(0.1), messages: 100, diverted: true},
		"others are heard":                    {confirmed: at(1.3), messages: 1, diverted: true},
		"others are heard, and it holds much": {confirmed: at(1.3), messages: queueWindow, diverted: true, retired: true},
		"it holds up the search of a culprit": {confirmed: at(1.3), messages: 1, suspects: 1, diverted: true, retired: true},
	} {
		var d detours
		l := &lane{
			sess: newSession(nil, nil, newWire(nil)), confirmed: c.confirmed,
			inflight: map[string]*parcel{}, silent: map[string]*silentQueue{},
		}
		p := &publisher{detours: &d, lane: l, suspects: c.suspects, abandoned: make(chan struct{}, 1)}
		for i := range c.messages {
			l.inflight[string(rune('A'+i))] = &parcel{key: "slow", placed: start}
		}
		p.examine(at(0.9))
		if len(l.silent) > 0 {
			t.Errorf("%s: looked at after 0.9 s, want not before %s", name, overdue)
		}
		p.examine(at(1.1))
		if d.has("slow") {
			t.Errorf("%s: judged when it was first seen, want a hearing", name)
		}
		p.examine(at(1.7))
		if got := d.has("slow"); got != c.diverted || l.retired != c.retired {
			t.Errorf("%s: diverted %t and channel given up %t, want %t and %t", name, got, l.retired, c.diverted, c.retired)
		}
		p.hear(l, &parcel{key: "slow", placed: start})
		if len(l.silent) > 0 || d.has("slow") {
			t.Errorf("%s: still silent after a confirm", name)
		}
	}
}
