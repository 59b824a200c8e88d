// Package tasks has a reminder that looks, when it is due, whether it still holds, and
// a report that sends its own next occurrence.
package tasks

import (
	"sync"
	"time"
)

// Calendar keeps what the tasks ask about. It stands for a database: its methods may
// be called concurrently.
type Calendar struct {
	tell func(text string) // how people hear of it

	mu           sync.Mutex
	appointments map[string]time.Time
	reported     time.Time // the last report that was finished
}

// NewCalendar returns an empty calendar that tells people by the function.
func NewCalendar(tell func(text string)) *Calendar {
	return &Calendar{tell: tell, appointments: make(map[string]time.Time)}
}

func (c *Calendar) set(appointment string, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.appointments[appointment] = at
}

// Cancel removes an appointment. Its reminder finds that out by itself.
func (c *Calendar) Cancel(appointment string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.appointments, appointment)
}

// stands reports whether there is an appointment, at that time.
func (c *Calendar) stands(appointment string, at time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	found, ok := c.appointments[appointment]
	return ok && found.Equal(at)
}

func (c *Calendar) finish(due time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reported = due
}

func (c *Calendar) finished(due time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !due.After(c.reported)
}
