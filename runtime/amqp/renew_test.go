package amqp

import (
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// A channel that refuses everything for a queue is given up, ever more rarely,
// but not one that confirms now and then, or that refuses for a full queue.
func TestChannelThatOnlyRefusesIsGivenUp(t *testing.T) {
	start := time.Now()
	p := &publisher{abandoned: make(chan struct{}, 1)}
	refuses := func(q *actor.Queue, after time.Duration) (givenUp bool) {
		l := &lane{}
		p.denied(l, &parcel{env: &actor.Envelope{Queue: q}, key: q.Name}, start.Add(after))
		return l.retired
	}
	queue := &actor.Queue{Name: "queue"}
	for _, c := range []struct {
		after time.Duration
		want  bool
	}{
		{0, false}, {minRenewal - 1, false}, {minRenewal, true},
		{2 * minRenewal, false}, {3*minRenewal - 1, false}, {3 * minRenewal, true},
		{6 * minRenewal, false}, {7 * minRenewal, true},
	} {
		if got := refuses(queue, c.after); got != c.want {
			t.Errorf("a refusal after %s: given up %t, want %t", c.after, got, c.want)
		}
	}
	p.accepted(&parcel{key: queue.Name})
	if refuses(queue, time.Hour) {
		t.Error("got the channel given up for the first refusal after a confirm, want it kept")
	}
	full := &actor.Queue{Name: "full", MaxLength: 1}
	for _, after := range []time.Duration{0, time.Hour} {
		if refuses(full, after) {
			t.Error("got the channel given up for a full queue, want it kept")
		}
	}
	waiting := &lane{lingers: start.Add(lingering), inflight: map[string]*parcel{"confirm to come": {}}}
	if !waiting.awaits(start) || waiting.awaits(start.Add(lingering)) {
		t.Errorf("got no wait, or a longer one, for what is in flight, want %s", lingering)
	}
}
