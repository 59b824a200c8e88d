package amqp

const (
	// suspectCount is the delivery count from which a message may be one that
	// kills its worker.
	suspectCount = 3
	// calmDeliveries in a row below suspectCount open the prefetch.
	calmDeliveries = 3
)

// careful is the careful start. Whenever a worker dies, the broker counts a
// delivery for everything it held, so a message that kills workers would take
// the prefetched ones around it to their delivery limit. Therefore a
// subscription begins with one delivery, each delivery with a low count lets
// one more come, and after three in a row the full prefetch; one with a high
// count runs alone. The zero value is the start.
type careful struct {
	calm int
}

// see notes a delivery. It reports whether the allowed prefetch has changed.
func (c *careful) see(deliveryCount int) (changed bool) {
	before := c.calm
	if deliveryCount >= suspectCount {
		c.calm = 0
	} else {
		c.calm = min(c.calm+1, calmDeliveries)
	}
	return c.calm != before
}

// allow returns how much of the wanted prefetch is allowed.
func (c *careful) allow(wanted int) int {
	if c.calm >= calmDeliveries {
		return wanted
	}
	return min(wanted, c.calm+1)
}
