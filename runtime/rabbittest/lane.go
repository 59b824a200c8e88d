package rabbittest

import (
	"sync"
	"time"
)

// lane holds the fault of one direction.
type lane struct {
	mu      sync.Mutex // guards the fields below
	fault   Fault
	changed chan struct{} // closed when fault is replaced
}

// chunk is what becomes of the bytes of one read.
type chunk struct {
	bytes []byte
	due   time.Time
	// last says that the connection is to be reset after the bytes.
	last bool
}

func newLane() *lane { return &lane{changed: make(chan struct{})} }

func (l *lane) set(f Fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.replace(f)
}

func (l *lane) replace(f Fault) {
	l.fault = f
	close(l.changed)
	l.changed = make(chan struct{})
}

// pass applies the fault to bytes that were just read. While the lane is
// stalled it blocks, until ended is closed.
func (l *lane) pass(bytes []byte, ended <-chan struct{}) chunk {
	l.await(func(f Fault) bool { return !f.Stall }, ended)
	l.mu.Lock()
	defer l.mu.Unlock()
	c := chunk{bytes: bytes, due: time.Now().Add(l.fault.Latency)}
	switch f := l.fault; {
	case f.Swallow:
		c.bytes = nil
	case f.Cut > len(bytes):
		l.fault.Cut -= len(bytes)
	case f.Cut > 0:
		c.bytes, c.last = bytes[:f.Cut], true
		f.Cut = 0
		l.replace(f)
	}
	return c
}

// awaitOpen blocks until the lane forwards, or ended is closed.
func (l *lane) awaitOpen(ended <-chan struct{}) {
	l.await(func(f Fault) bool { return !f.Stall && !f.Swallow }, ended)
}

func (l *lane) await(condition func(Fault) bool, ended <-chan struct{}) {
	for {
		l.mu.Lock()
		met, changed := condition(l.fault), l.changed
		l.mu.Unlock()
		if met {
			return
		}
		select {
		case <-changed:
		case <-ended:
			return
		}
	}
}
