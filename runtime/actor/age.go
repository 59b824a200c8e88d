package actor

import (
	"fmt"
	"time"
)

// TooOldError is why a message was dead-lettered without being run: its actor
// has a max-age, and more than that has passed since the message was due.
type TooOldError struct {
	// Due is when the task was first due: when it was sent, plus its delay.
	Due    time.Time
	MaxAge time.Duration
}

func (e *TooOldError) Error() string {
	return fmt.Sprintf("older than max-age %s: due at %s, not run", e.MaxAge, e.Due.UTC().Format(time.RFC3339))
}

// stampStep is the precision of the time of sending that a message carries.
const stampStep = time.Second

// tooOld returns a *TooOldError for a message that is not to be run any more.
// One that does not say when it was sent never is too old.
func (w *resolvedWork) tooOld(d *Delivery, now time.Time) error {
	due := d.firstDue()
	if w.maxAge <= 0 || due.IsZero() || now.Sub(due) <= w.maxAge+stampStep {
		return nil
	}
	return &TooOldError{Due: due, MaxAge: w.maxAge}
}

// firstDue returns when the task was first due. Retries keep it: a task does
// not get younger by failing.
func (d *Delivery) firstDue() time.Time {
	if d.FirstDue.IsZero() {
		return d.firstSent()
	}
	return d.FirstDue
}
