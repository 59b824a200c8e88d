// Package transporttest is the conformance suite of transports: what the
// documentation of actor.Transport promises, each promise a small case that
// meets nothing but that interface. Every implementation runs the same suite.
package transporttest

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/actorgen/actorgen/runtime/actor"
)

// NamePrefix begins the name of every queue and every prefix that the suite
// uses, so that they can be told apart, and removed, on a broker that others
// share. The suite itself removes no queue.
const NamePrefix = "transporttest-"

// Broker opens the transports that the suite tests.
type Broker interface {
	// Open returns a new transport with connections of its own. All that one
	// Broker opens reach the same broker. The suite closes them; what else
	// was opened with them ends with t.Cleanup.
	Open(t *testing.T, o Options) actor.Transport

	// Cut breaks the connections of a transport that Open returned, the way a
	// network fault does. It does not wait for the transport, which is to
	// recover by itself.
	Cut(t *testing.T, transport actor.Transport)
}

// Options are what a case asks of a transport. Everything else is the
// implementation's default.
type Options struct {
	// MaxDelay is the transport's longest delay.
	// Defaults to the implementation's.
	MaxDelay time.Duration
	// NoDeclare keeps the transport from declaring anything.
	NoDeclare bool
}

// Run runs the suite against b. Its cases run in parallel, as many at a time
// as the test flag -parallel allows; as they wait more than they work, it is
// worth more than the number of processors. Afterwards no goroutine may be left
// of what was opened.
func Run(t *testing.T, b Broker) {
	before := goleak.IgnoreCurrent()
	t.Run("promises", func(t *testing.T) {
		for _, theme := range themes {
			for _, c := range theme.cases {
				t.Run(theme.name+"/"+c.promise, func(t *testing.T) {
					t.Parallel()
					c.check(newScene(t, b))
				})
			}
		}
	})
	t.Run("closed transports leave no goroutine behind", func(t *testing.T) {
		if err := goleak.Find(before); err != nil {
			t.Error(err)
		}
	})
}

// A promise is one case; its name says what holds.
type promise struct {
	promise string
	check   func(*scene)
}

// themes are all cases, one file each.
var themes = []struct {
	name  string
	cases []promise
}{
	{"publish", publishing},
	{"refuse", refusals},
	{"facts", facts},
	{"delay", delays},
	{"prefetch", prefetching},
	{"ready", asking},
	{"settle", settling},
	{"session", sessions},
	{"stop", stopping},
	{"share", sharing},
	{"dead letter", deadLetters},
	{"limit", limits},
	{"full", full},
	{"work", working},
	{"declare", declaring},
	{"call", calls},
	{"load", load},
}
