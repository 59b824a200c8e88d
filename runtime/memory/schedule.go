package memory

import (
	"container/heap"
	"time"
)

// schedule is what the broker has to do later, a heap by time: the end of
// delays and of times to live. Every delay is a timer of its own kind, so none
// waits behind a longer one.
type schedule []event

type event struct {
	at     time.Time
	number uint64 // keeps events of the same instant in order
	do     func() // called under the broker's lock
}

// at has do called at a given time, under the broker's lock.
func (b *Broker) at(when time.Time, do func()) {
	b.scheduled++
	heap.Push(&b.schedule, event{at: when, number: b.scheduled, do: do})
	b.arm()
}

// arm sets the timer to the next event. A broker that nobody is connected to
// rests; what came due meanwhile happens when somebody connects.
func (b *Broker) arm() {
	if len(b.schedule) == 0 || b.connections == 0 {
		if b.timer != nil {
			b.timer.Stop()
		}
		return
	}
	wait := time.Until(b.schedule[0].at)
	if b.timer == nil {
		b.timer = time.AfterFunc(wait, b.catchUp)
	} else {
		b.timer.Reset(wait)
	}
}

// catchUp does what is due.
func (b *Broker) catchUp() {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	for len(b.schedule) > 0 && !now.Before(b.schedule[0].at) {
		heap.Pop(&b.schedule).(event).do()
	}
	b.arm()
}

func (s schedule) Len() int      { return len(s) }
func (s schedule) Swap(i, j int) { s[i], s[j] = s[j], s[i] }
func (s schedule) Less(i, j int) bool {
	if !s[i].at.Equal(s[j].at) {
		return s[i].at.Before(s[j].at)
	}
	return s[i].number < s[j].number
}

// Push and Pop are for package heap.
func (s *schedule) Push(e any) { *s = append(*s, e.(event)) }
func (s *schedule) Pop() any {
	last := len(*s) - 1
	e := (*s)[last]
	(*s)[last] = event{}
	*s = (*s)[:last]
	return e
}
