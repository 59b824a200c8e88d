package amqp

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// slack is how much later than its limit a call may return, beside what the
// machine has taken from it.
const slack = 2 * time.Second

// journal keeps what became of every message of a test.
type journal struct {
	mu      sync.Mutex
	entries []entry
	// confirmed holds when the last message that succeeded was sent.
	confirmed map[*sender]time.Time
	// heard holds the answers that were given since the last forget.
	heard map[told]bool
	strain
}

// entry is one message: how it was sent and what its sender was told.
type entry struct {
	id    string
	by    *sender
	sent  time.Time
	limit time.Duration // by when the call had to return; zero if that is open
	took  time.Duration // how long it took
	err   error
}

func newJournal() *journal {
	return &journal{confirmed: make(map[*sender]time.Time), heard: make(map[told]bool)}
}

// add enters one call of Publish and its answer.
func (l *journal) add(by *sender, batch []actor.Envelope, sent time.Time, limit time.Duration, errs []error) {
	took := time.Since(sent)
	if by.batch > 0 && by.ends == 0 && (errs == nil || slices.Contains(errs, nil)) {
		limit = 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range batch {
		e := entry{id: batch[i].ID, by: by, sent: sent, limit: limit, took: took}
		if errs != nil {
			e.err = errs[i]
		}
		if e.err == nil && l.confirmed[by].Before(sent) {
			l.confirmed[by] = sent
		}
		if failure := (*actor.PublishError)(nil); errors.As(e.err, &failure) {
			l.heard[told{failure.Outcome, failure.Cause}] = true
		}
		l.entries = append(l.entries, e)
	}
}

var (
	// anybody may be told whatever is true, at any time.
	anybody = &sender{name: "anybody", free: true}
	// certain is whom nothing but success is good enough for.
	certain = &sender{name: "certain", timeout: covering}
)

// tell enters one message and what its sender was told.
func (l *journal) tell(by *sender, id string, err error) {
	l.add(by, []actor.Envelope{{ID: id}}, time.Now(), 0, []error{err})
}

// succeeds reports whether each way to send has succeeded with a message that
// was sent after start.
func (l *journal) succeeds(load []*sender, start time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, by := range load {
		if !l.confirmed[by].After(start) {
			return false
		}
	}
	return true
}

// told is an outcome with its cause.
type told struct{ outcome, cause error }

// forget makes hears ask for what is told from now on.
func (l *journal) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.heard)
}

// hears reports whether a sender has been told this.
func (l *journal) hears(w told) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.heard[w]
}

// promised returns the IDs that must be in the queue.
func (l *journal) promised() map[string]bool {
	ids := map[string]bool{}
	for _, e := range l.entries {
		if e.err == nil && !e.by.unconfirmed {
			ids[e.id] = true
		}
	}
	return ids
}

// check holds the journal against what was in the queue: everybody was answered
// in time, truthfully, and with the right cause. The causes are those that a
// message may be told whose own time ran out.
func (l *journal) check(t *testing.T, came map[string]int, causes ...error) {
	t.Helper()
	wrong, confirmed, twice, slowest := 0, 0, 0, time.Duration(0)
	known := map[string]bool{}
	for _, e := range l.entries {
		known[e.id] = true
		problem := e.problem(came[e.id], causes)
		if late := e.late(); problem == "" && late > slack && late > slack+l.during(e.sent, e.took) {
			problem = "too late"
		}
		if problem != "" {
			if wrong++; wrong <= 5 {
				t.Errorf("message %s (%s), sent %s, came %d times, after %s got %v: %s",
					e.id, e.by.name, e.sent.Format("05.000"), came[e.id], e.took.Round(time.Millisecond), e.err, problem)
			}
		}
		if e.err == nil {
			confirmed++
		}
		if came[e.id] > 1 {
			twice++
		}
		slowest = max(slowest, e.late())
	}
	if wrong > 5 {
		t.Errorf("and %d wrong answers more", wrong-5)
	}
	for id := range came {
		if !known[id] {
			t.Errorf("message %s: came, but nobody sent it", id)
		}
	}
	t.Logf("sent %d, confirmed %d, queued more than once %d, latest answer %s after its limit",
		len(l.entries), confirmed, twice, slowest.Round(time.Millisecond))
}

// late is how much later than its limit the call returned.
func (e *entry) late() time.Duration {
	if e.limit == 0 {
		return 0
	}
	return max(0, e.took-e.limit)
}

// problem says what is wrong with an answer; empty if nothing is.
func (e *entry) problem(came int, causes []error) string {
	unsafe := errors.Is(e.err, actor.ErrOutcomeUnknown) || errors.Is(e.err, actor.ErrNacked)
	absent := errors.Is(e.err, actor.ErrNotSent) || errors.Is(e.err, actor.ErrUnroutable)
	switch {
	case e.err == nil && came == 0 && !e.by.unconfirmed:
		return "lost"
	case e.err == nil:
		return ""
	case unsafe == absent:
		return "not one outcome"
	case absent && came > 0:
		return "but it was queued"
	case e.by.free:
		return ""
	case e.by.patient():
		return "though there was time"
	case e.by.batch == 0 && e.took < e.limit:
		return "too early"
	case !e.right(causes):
		return "wrong cause"
	}
	return ""
}

// right says that the error's cause is the end of the sender's context if that
// has one, and otherwise one of those given. A nack needs no cause: RabbitMQ 3.10
// nacks some of what comes all at once after a fault, even for a queue without a
// limit, and a sender's time may end before the next attempt.
func (e *entry) right(causes []error) bool {
	switch {
	case errors.Is(e.err, actor.ErrNacked):
		return true
	case e.by.cancels:
		return errors.Is(e.err, context.Canceled)
	case e.by.ends > 0:
		return errors.Is(e.err, context.DeadlineExceeded)
	}
	for _, cause := range causes {
		if errors.Is(e.err, cause) {
			return true
		}
	}
	return false
}
