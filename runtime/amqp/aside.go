package amqp

// maxAside bounds the deliveries of a consumer that wait beside its prefetch.
const maxAside = 2000

// SetAside implements [actor.Settlement].
func (s *settlement) SetAside() {
	if !s.used.Load() && s.sub.consumer.setAside(s) {
		s.sub.replace.Store(true)
		s.sub.poke()
	}
}

// setAside takes a delivery out of the prefetch. It reports whether the
// subscription has to be replaced, because the broker, which counts each
// subscription apart, counts hardly anything but what was set aside: and only
// where it has nothing more under way, which would be counted as delivered in
// vain.
func (c *consumer) setAside(s *settlement) (replace bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sub != s.sub || c.aside == maxAside || s.aside {
		return false
	}
	s.aside = true
	c.clear(s) // it runs no more
	c.held--
	c.aside++
	if s.era == c.era {
		c.asideHere++
	}
	if len(c.line) > 0 {
		c.announce()
	}
	allowed := c.start.allow(c.wanted)
	if 2*c.asideHere < allowed || c.asideHere+c.held+len(c.line) < allowed {
		return false
	}
	c.era++
	c.asideHere = 0
	return true
}
