package amqp

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

const (
	// fleet transports are reset side by side, since each waits longer before
	// it connects again the more often it has been cut.
	fleet            = 16
	resetsOfOne      = 7
	longestUntouched = 40 * time.Millisecond
)

// manyResets cuts connections more than a hundred times at random moments, in
// the middle of handshakes and declarations too, under 64 senders that all have
// the time to outlast it.
func manyResets(broker string) matrixRow {
	return matrixRow{"many resets at random moments", func(t *testing.T) {
		var all []*rig
		for range fleet {
			all = append(all, newRigVia(t, broker, nil))
		}
		first := all[0]
		ends := make([]func(), fleet)
		for i, r := range all { // one queue and one account
			r.queue, r.prefix, r.journal = first.queue, first.prefix, first.journal
			r.load = []*sender{
				{name: fmt.Sprint("patient of ", i), count: 3, timeout: covering},
				{name: fmt.Sprint("patient batch of ", i), count: 1, batch: 20, timeout: covering},
			}
			ends[i] = sync.OnceFunc(r.start())
			defer ends[i]()
		}
		var resets sync.WaitGroup
		for _, r := range all {
			resets.Go(func() { r.resetAtRandom(t, resetsOfOne) })
		}
		resets.Wait()
		for i, r := range all {
			healed := time.Now()
			eventually(t, "everybody succeeds afterwards", func() bool { return r.journal.succeeds(r.load, healed) })
			ends[i]()
			r.transport.Close()
		}
		first.check(t, fault{})
	}}
}

// resetAtRandom resets the connection a few times, each time at a random moment
// after it was made.
func (r *rig) resetAtRandom(t *testing.T, times int) {
	for range times {
		if !happens(func() bool { return r.proxy.Connections() > 0 }) {
			t.Error("got no connection after a reset, want another")
			return
		}
		time.Sleep(rand.N(longestUntouched))
		r.proxy.Reset()
	}
}
