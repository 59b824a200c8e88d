package actor

import (
	"cmp"
	"math"
	"time"
)

// patience returns how long the delivery may still wait for a slot. One that
// was handed back often stays: each time counts against its delivery limit.
func (r *run) patience() time.Duration {
	limit := cmp.Or(r.queue.queue.DeliveryLimit, DefaultDeliveryLimit)
	if r.delivery.DeliveryCount >= limit/2 {
		return math.MaxInt64
	}
	if r.delivery.Arrived.IsZero() {
		return maxUnstarted
	}
	return maxUnstarted - time.Since(r.delivery.Arrived)
}

// handBackUnstarted returns a delivery that waited for a slot in vain, and those
// behind it, to be run by another worker. It reports whether it did, which it does
// not where a slot has claimed the run meanwhile.
func (r *run) handBackUnstarted() bool {
	if !r.claim() {
		return false
	}
	r.queue.prefetch.retreat() // first, or it would come here again
	r.delivery.Settlement.Requeue()
	return true
}
