package amqp

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// enoughCalls is after how many calls that were given up a row ends.
const enoughCalls = 6000

// givingUpRows have contexts cancelled within microseconds to milliseconds of
// the call: whatever the moment, a message that went out is never reported as
// not sent, and one that did not never as confirmed.
func givingUpRows(broker string) (rows []matrixRow) {
	for _, f := range []fault{
		{name: "given up while being written", inject: enough(func(*testing.T, *rig) { time.Sleep(time.Millisecond) })},
		{name: "given up on a stalled socket", inject: enough(stallBriefly)},
		{name: "given up beside resets", inject: func(t *testing.T, r *rig) { r.resetAtRandom(t, 5) }},
	} {
		f.causes = lossy
		f.wants = []told{{actor.ErrNotSent, context.Canceled}, {actor.ErrOutcomeUnknown, context.Canceled}}
		rows = append(rows, matrixRow{f.name, func(t *testing.T) {
			r := newRigVia(t, broker, quitters())
			r.size.Store(4 << 10)
			r.endure(t, f)
		}})
	}
	return rows
}

// enough repeats step until there were enough calls.
func enough(step func(t *testing.T, r *rig)) func(t *testing.T, r *rig) {
	return func(t *testing.T, r *rig) {
		for r.calls.Load() < enoughCalls {
			step(t, r)
		}
	}
}

func stallBriefly(_ *testing.T, r *rig) {
	r.proxy.Inject(rabbittest.ToBroker, rabbittest.Fault{Stall: true})
	time.Sleep(rand.N(40 * time.Millisecond))
	r.proxy.Heal()
	time.Sleep(rand.N(20 * time.Millisecond))
}
