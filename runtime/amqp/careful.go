package amqp

const (
	// suspectCount is the delivery count from which a message may be one that
	// kills its worker.
	suspectCount = 3
	// calmStart is how many deliveries with a low count open the prefetch of a
	// consumer that has met nothing suspicious.
	calmStart = 3
)

// careful is the careful start. Whenever a worker dies, the broker counts a
// delivery for everything it held, so a message that kills workers would take
// the prefetched ones around it to their delivery limit. Therefore a
// subscription begins with one delivery, and opens with those that have a low
// count. A suspect runs alone: it closes the prefetch until it is settled, and
// what has come with it goes back. That counts, too, so there must not be much of
// it where more suspects may be about. The zero value is the start.
type careful struct {
	// wary says that there was trouble, a subscription that was lost or a
	// suspect. From then on each delivery with a low count only lets one more
	// come, which doubles the prefetch each time it is used up. At the start of
	// a worker that would cost time for nothing.
	wary bool
	// suspects counts the deliveries with a high count that are not settled.
	suspects int
	// calm counts the deliveries since with a low count.
	calm int
}

// see notes a delivery, and says whether it is a suspect.
func (c *careful) see(deliveryCount int) (suspect bool) {
	switch {
	case deliveryCount >= suspectCount:
		c.suspects++
		c.calm, c.wary = 0, true
		return true
	case c.suspects == 0:
		c.calm = min(c.calm+1, maxPrefetch)
	}
	return false
}

// clear notes that a suspect was settled.
func (c *careful) clear() { c.suspects-- }

// allow returns how much of the wanted prefetch is allowed.
func (c *careful) allow(wanted int) int {
	if !c.wary && c.calm >= calmStart {
		return wanted
	}
	return min(wanted, c.calm+1)
}
