package topology

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
)

// Want is what ought to exist under one prefix in one virtual host.
type Want struct {
	// Queues are those of the actors by their names on the broker, the prefix
	// included.
	Queues []actor.Queue
	// Prefix is the clients' QueuePrefix.
	Prefix string
	// MaxDelay is the transports' MaxDelay: the longest under the prefix.
	MaxDelay time.Duration
}

const (
	maxMaxDelay = 2 * 365 * 24 * time.Hour
	maxName     = 255 // bytes, of a short string of AMQP
)

// Check says what no broker would take.
func (w *Want) Check() error {
	if w.MaxDelay < 0 || w.MaxDelay > maxMaxDelay {
		return fmt.Errorf("the longest delay %s is not between 0 and %s", w.MaxDelay, maxMaxDelay)
	}
	if len(w.Prefix)+len(layout.LongestName) > maxName {
		return fmt.Errorf("prefix %q with %q has over %d bytes", w.Prefix, layout.LongestName, maxName)
	}
	seen := make(map[string]actor.Queue)
	for _, q := range w.Queues {
		if err := q.Check(); err != nil {
			return fmt.Errorf("queue %q: %w", q.Name, err)
		}
		if other, twice := seen[q.Name]; twice && other != q {
			return fmt.Errorf("queue %q is described in two ways", q.Name)
		}
		seen[q.Name] = q
	}
	return nil
}

// Levels is how many delay levels there ought to be.
func (w *Want) Levels() int { return layout.Levels(w.MaxDelay) }

// queues are the actors' queues with those beside them, and delays what the
// delays need, bindings of the queues included. Both are in an order in which
// each element can be declared, and every level after those below it.
func (w *Want) elements() (queues, delays []layout.Element) {
	sorted := slices.SortedFunc(slices.Values(w.Queues), func(a, b actor.Queue) int { return cmp.Compare(a.Name, b.Name) })
	sorted = slices.CompactFunc(sorted, func(a, b actor.Queue) bool { return a.Name == b.Name })
	delays = layout.Exit(w.Prefix)
	for _, q := range sorted {
		for _, part := range layout.Queues(&q) {
			queues = append(queues, part)
		}
		delays = append(delays, layout.Landing(&q, w.Prefix))
	}
	return queues, append(delays, layout.Ladder(w.Prefix, w.Levels())...)
}

// beyond are the levels that need not exist, but may.
func (w *Want) beyond() []layout.Element {
	needed := len(layout.Ladder(w.Prefix, w.Levels()))
	return layout.Ladder(w.Prefix, layout.MostLevels)[needed:]
}
