package amqp

import (
	"context"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// What is asked for without waiting obeys the rules of what is waited for.
func TestReadyGivesWhatReceiveMay(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	c := &consumer{ctx: ctx, wanted: 3, arrived: make(chan struct{}, 1), stopped: make(chan struct{})}
	sub := &subscription{consumer: c}
	c.sub = sub
	for _, id := range []string{"a", "b", "c", "d", "held", "e"} {
		d := &actor.Delivery{ID: id}
		if id == "held" {
			d.Hold = time.Millisecond
		}
		c.line = append(c.line, d)
	}
	want := func(when, id string) {
		t.Helper()
		if d := c.Ready(); d == nil && id != "" || d != nil && d.ID != id {
			t.Errorf("%s: got %+v, want %q", when, d, id)
		}
	}
	want("careful start", "a")
	want("one is unsettled", "")
	c.start = careful{calm: maxPrefetch}
	want("prefetch has opened", "b")
	want("prefetch has opened", "c")
	want("prefetch is used up", "")
	c.settled(&settlement{sub: sub})
	if d, err := c.Receive(t.Context()); err != nil || d.ID != "d" {
		t.Errorf("one was settled: got %+v, %v from Receive, want %q", d, err, "d")
	}
	c.settled(&settlement{sub: sub})
	want("the next one is to be held", "")
	if d, err := c.Receive(t.Context()); err != nil || d.ID != "held" {
		t.Errorf("got %+v, %v from Receive, want the one to be held", d, err)
	}
	c.settled(&settlement{sub: sub})
	stop()
	want("stopped", "")
}

// A receiver that waits because the prefetch is used up goes on once one is
// settled, whoever has taken deliveries meanwhile.
func TestReceiveGoesOnWhenOneIsSettled(t *testing.T) {
	c := &consumer{ctx: t.Context(), wanted: 1, arrived: make(chan struct{}, 1), stopped: make(chan struct{})}
	sub := &subscription{consumer: c}
	c.sub = sub
	c.line = []*actor.Delivery{{ID: "a"}, {ID: "b"}, {ID: "c"}}
	if d := c.Ready(); d.ID != "a" {
		t.Fatalf("got %q, want a", d.ID)
	}
	received := make(chan *actor.Delivery)
	go func() {
		for range 2 {
			d, err := c.Receive(t.Context())
			if err != nil {
				t.Error(err)
			}
			received <- d
		}
	}()
	for _, id := range []string{"b", "c"} {
		c.settled(&settlement{sub: sub})
		select {
		case d := <-received:
			if d.ID != id {
				t.Errorf("got %q, want %q", d.ID, id)
			}
		case <-time.After(late):
			t.Fatalf("got nothing within %s, want %q", late, id)
		}
	}
}
