package ledger

import (
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// A message that kills its worker each time it is run ends by its delivery
// limit, alone: those that were prefetched with it run. A worker that dies here
// can tell the broker nothing any more, and the next one remembers nothing.
func TestPoisonEndsAloneByItsLimit(t *testing.T) {
	t.Parallel()
	const neighbours = 300
	var s site
	r := newSite(t, &s)
	r.send(lasting, done, neighbours/2)
	id := r.sendTo(r.definitions[0], lasting, poison, 1)[0]
	r.send(lasting, done, neighbours/2)
	r.ledger.use(id, func(a *account) { a.poison = true })
	ended := func() (dead bool) {
		r.takeDead(t)
		r.ledger.use(id, func(a *account) { dead = len(a.dead) > 0 })
		return dead
	}
	deaths := 0
	for begun := time.Now(); !ended(); {
		if time.Since(begun) > 2*patience {
			t.Fatalf("the poison has not ended after %d deaths", deaths)
		}
		c := r.hire(t, s)
		for dead := false; !dead && !ended(); {
			select {
			case <-c.poisoned:
				dead = true
				deaths++
				go c.bury()
			case <-time.After(100 * time.Millisecond):
			}
		}
	}
	// A few of its deliveries may be handed back by a worker that then takes it alone.
	if most := actor.DefaultDeliveryLimit + 1; deaths < most/2 || deaths > most {
		t.Errorf("got %d deaths, want about %d", deaths, most)
	}
	r.crews = nil // all but the last are dead, and perhaps that too
	r.hire(t, s)
	r.endure(t)
}

// die takes the worker's connection away for ever, in the middle of the run.
func (c *crew) die() {
	c.proxy.Close()
	close(c.poisoned)
	<-c.buried
}

// bury ends what is left of a dead worker.
func (c *crew) bury() {
	close(c.buried)
	_ = c.stop()
	c.Close()
}
