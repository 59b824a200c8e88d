package ledger

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// shortHeartbeat finds dead connections sooner, on both sides.
const shortHeartbeat = 2 * time.Second

// blackHole swallows what goes one way, or both ways, until the worker has
// noticed. The broker learns of it by its own heartbeats, or at the end.
func blackHole(name string, directions ...rabbittest.Direction) fault {
	return fault{name: "black hole " + name, strike: func(t *testing.T, r *rig) {
		c := r.connectedCrew(t)
		before := c.Stats().ConnectionsLost
		for _, d := range directions {
			c.proxy.Inject(d, rabbittest.Fault{Swallow: true})
		}
		eventually(t, "the worker gives its connections up", func() bool { return c.Stats().ConnectionsLost >= before+2 })
		c.proxy.Heal()
	}}
}

func blackHoles() []fault {
	return []fault{
		blackHole("to the broker", rabbittest.ToBroker),
		blackHole("to the worker", rabbittest.ToClient),
		blackHole("both ways", rabbittest.ToBroker, rabbittest.ToClient),
	}
}

// vanish takes the peers of a worker's connections away: it connects anew while
// the broker still believes in the old ones.
func vanish() fault {
	return fault{name: "vanished peers", strike: func(t *testing.T, r *rig) {
		c := r.connectedCrew(t)
		before := c.Stats()
		c.proxy.Strand()
		eventually(t, "the worker connects anew", func() bool {
			return c.Stats().ConnectionsLost >= before.ConnectionsLost+2 && c.Stats().Connects >= before.Connects+2
		})
		c.proxy.Reset() // those stranded end
	}}
}

// connectedCrew returns one of the crews, with both its connections up.
func (r *rig) connectedCrew(t *testing.T) *crew {
	t.Helper()
	c := r.crews[rand.IntN(len(r.crews))]
	eventually(t, "a worker has its two connections", func() bool {
		s := c.Stats()
		return s.Connects-s.ConnectionsLost == 2
	})
	return c
}

// resets cuts the connections of every worker several times at random moments
// after they were made, in the middle of handshakes too. Every other worker is
// cut as resetsInRun says.
func resets(times int) fault {
	return fault{name: fmt.Sprint(times, " resets"), strike: func(t *testing.T, r *rig) {
		r.cut(times, func(i int, c *crew) {
			if i%2 == 0 {
				c.cutInTime(t)
			} else {
				c.cutInRun(t)
			}
		})
	}}
}

// resetsInRun cuts them between the success of a task and its acknowledgement.
func resetsInRun(times int) fault {
	return fault{name: fmt.Sprint(times, " resets in a run"), strike: func(t *testing.T, r *rig) {
		r.cut(times, func(_ int, c *crew) { c.cutInRun(t) })
	}}
}

func (r *rig) cut(times int, one func(i int, c *crew)) {
	var all sync.WaitGroup
	for i, c := range r.crews {
		all.Go(func() {
			for range times {
				one(i, c)
			}
		})
	}
	all.Wait()
}

const longestUntouched = 150 * time.Millisecond

func (c *crew) cutInTime(t *testing.T) {
	if !happens(func() bool { return c.proxy.Connections() > 0 }) {
		t.Error("got no connection after a reset, want another")
		return
	}
	time.Sleep(rand.N(longestUntouched))
	c.proxy.Reset()
}

func (c *crew) cutInRun(t *testing.T) {
	before := c.Stats().Connects
	cut := make(chan struct{}, 1)
	strike := func() {
		if c.struck.Swap(nil) != nil {
			c.proxy.Reset()
			cut <- struct{}{}
		}
	}
	c.struck.Store(&strike)
	select {
	case <-cut:
		if !happens(func() bool { return c.Stats().Connects > before }) {
			t.Error("got no connection after a reset, want another")
		}
	case <-time.After(patience):
		t.Error("got no run after a reset, want the worker to go on")
	}
}
