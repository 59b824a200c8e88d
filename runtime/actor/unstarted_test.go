package actor

import "testing"

// The feeder's patience may end just after a slot, in its turn, has begun the
// run: then it is not handed back.
func TestWhatHasBegunIsNotHandedBack(t *testing.T) {
	for _, begun := range []bool{false, true} {
		back := 0
		c, p := &watchedConsumer{}, newPrefetch(&Queue{}, 10, 1)
		p.consumers = []Consumer{c}
		q := &workedQueue{workplace: &workplace{plannedQueue: &plannedQueue{}, prefetch: p}, consumer: c}
		r := newRun(q, &Delivery{Settlement: watchedSettlement{&back}})
		if begun && !r.claim() {
			t.Fatal("got a new run claimed, want it free")
		}
		r.handBackUnstarted()
		want := 1
		if begun {
			want = 0
		}
		if back != want || c.prefetch != want {
			t.Errorf("begun %t: got it handed back %d times and prefetch set to %d, want %d for both",
				begun, back, c.prefetch, want)
		}
		if r.claim() {
			t.Errorf("begun %t: got it claimed once more, want once", begun)
		}
	}
}

// watchedSettlement counts what is handed back.
type watchedSettlement struct{ back *int }

func (s watchedSettlement) Ack(bool) error        { return nil }
func (s watchedSettlement) Requeue()              { *s.back++ }
func (s watchedSettlement) SetAside()             {}
func (s watchedSettlement) Lost() <-chan struct{} { return nil }

// watchedConsumer remembers its prefetch.
type watchedConsumer struct {
	Consumer
	prefetch int
}

func (c *watchedConsumer) SetPrefetch(n int) { c.prefetch = n }
