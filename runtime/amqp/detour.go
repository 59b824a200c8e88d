package amqp

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// A quorum queue that has stopped, as one without its majority does, confirms
// nothing and refuses nothing. From 32 unconfirmed messages on its client in
// the broker's channel holds the channel back, the channel grants the
// connection's reader no more credit, and some hundred messages later, whoever
// they are for, the reader stops (RabbitMQ 3.10, measured). So messages to a
// queue that has stopped take a detour: a channel on which no queue has more
// than queueWindow messages, until the queue confirms one.

const (
	// queueWindow is how many messages to one queue are in flight where that is
	// bounded: fewer than the broker's channel is held back for.
	queueWindow = 24
	// overdue is how long a confirm may take before its queue is looked at.
	overdue = time.Second
	// hearing is how long the queue may then be silent while others are heard.
	hearing = 500 * time.Millisecond
	// parole is how long a queue without messages in flight stays on the detour.
	parole = time.Minute
)

// detours are the destinations whose messages go another way. They outlive
// connections.
type detours struct {
	taken atomic.Bool // whether there are any, to be read without the lock

	mu sync.Mutex
	// waited is when a message to the destination was last seen waiting.
	waited map[string]time.Time
	// changes are what is to be reported.
	changes []detourChange
}

type detourChange struct {
	destination string
	ended       bool
}

// has says whether messages to a destination take the detour.
func (d *detours) has(destination string) bool {
	if !d.taken.Load() {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	_, ok := d.waited[destination]
	return ok
}

// keep notes that a message on the detour still waits for its confirm.
func (d *detours) keep(destination string, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, known := d.waited[destination]; known {
		d.waited[destination] = now
	}
}

// note puts a destination on the detour.
func (d *detours) note(destination string, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, known := d.waited[destination]; !known {
		d.changes = append(d.changes, detourChange{destination: destination})
	}
	if d.waited == nil {
		d.waited = make(map[string]time.Time)
	}
	d.waited[destination] = now
	d.taken.Store(true)
}

// end lets messages to a destination take the common way again.
func (d *detours) end(destination string) {
	if !d.taken.Load() {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, known := d.waited[destination]; known {
		d.changes = append(d.changes, detourChange{destination, true})
	}
	delete(d.waited, destination)
	d.taken.Store(len(d.waited) > 0)
}

// report logs what has changed since the last report.
func (d *detours) report(log *slog.Logger) {
	d.mu.Lock()
	changes := d.changes
	d.changes = nil
	d.mu.Unlock()
	for _, c := range changes {
		if c.ended {
			log.Info("queue confirms again", "queue", c.destination)
		} else {
			log.Warn("queue confirms nothing while the broker lives; its messages take a channel of their own", "queue", c.destination)
		}
	}
}

// expire forgets the destinations to which nothing was sent for long.
func (d *detours) expire(now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for destination, waited := range d.waited {
		if now.Sub(waited) > parole {
			delete(d.waited, destination)
		}
	}
	d.taken.Store(len(d.waited) > 0)
}
