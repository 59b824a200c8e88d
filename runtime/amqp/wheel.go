package amqp

import (
	"sync"
	"time"
)

const (
	wheelTick  = 10 * time.Millisecond
	wheelSlots = 1024
)

// wheel tells many waiters that their time is up with one ticker, which only
// runs while somebody waits: a timer for each send costs more than the rest of
// it. It fires up to two ticks late, never early.
type wheel struct {
	mu     sync.Mutex
	start  time.Time
	hand   int64 // ticks that have been served
	slots  [wheelSlots]*alarm
	count  int
	wake   chan struct{} // holds one token when the first alarm was set
	stop   chan struct{}
	done   chan struct{}
	closed bool
}

// alarm is one entry of the wheel.
type alarm struct {
	// fire is called when the time is up, with the wheel locked: it must
	// neither block nor call the wheel.
	fire func()
	tick int64
	// prev and next link the slot's list; set says that it is in one.
	prev, next *alarm
	set        bool
}

func newWheel() *wheel {
	w := &wheel{start: time.Now(), wake: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{})}
	go w.run()
	return w
}

func (w *wheel) close() {
	w.mu.Lock()
	already := w.closed
	w.closed = true
	w.mu.Unlock()
	if !already {
		close(w.stop)
	}
	<-w.done
}

// set makes the wheel call a.fire once, after the deadline.
func (w *wheel) set(a *alarm, deadline time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a.tick = int64(deadline.Sub(w.start)/wheelTick) + 1
	if a.tick <= w.hand {
		a.tick = w.hand + 1
	}
	slot := &w.slots[a.tick%wheelSlots]
	a.prev, a.next, a.set = nil, *slot, true
	if *slot != nil {
		(*slot).prev = a
	}
	*slot = a
	if w.count++; w.count == 1 {
		select {
		case w.wake <- struct{}{}:
		default:
		}
	}
}

// clear takes a out of the wheel. Once it has returned, fire is not called any
// more.
func (w *wheel) clear(a *alarm) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if a.set {
		w.remove(a)
	}
}

func (w *wheel) remove(a *alarm) {
	if a.prev != nil {
		a.prev.next = a.next
	} else {
		w.slots[a.tick%wheelSlots] = a.next
	}
	if a.next != nil {
		a.next.prev = a.prev
	}
	a.prev, a.next, a.set = nil, nil, false
	w.count--
}

func (w *wheel) run() {
	defer close(w.done)
	for {
		select {
		case <-w.wake:
		case <-w.stop:
			return
		}
		ticker := time.NewTicker(wheelTick)
		for w.turn(time.Now()) {
			select {
			case <-ticker.C:
			case <-w.stop:
				ticker.Stop()
				return
			}
		}
		ticker.Stop()
	}
}

// turn rings what is due and reports whether anybody still waits.
func (w *wheel) turn(now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	target := int64(now.Sub(w.start) / wheelTick)
	// After a rest the hand is far behind; one round visits every slot.
	first := max(w.hand+1, target-wheelSlots+1)
	for tick := first; tick <= target; tick++ {
		for a := w.slots[tick%wheelSlots]; a != nil; {
			next := a.next
			if a.tick <= target {
				w.remove(a)
				a.fire()
			}
			a = next
		}
	}
	w.hand = max(w.hand, target)
	return w.count > 0
}
