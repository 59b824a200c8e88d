package rabbittest

// Strand takes the peers of all open connections away, as when a host vanishes:
// what either side sends is read and lost, and not even an end or a reset gets
// through. New connections are forwarded. Those stranded stay so until
// [Proxy.Reset].
func (p *Proxy) Strand() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.links {
		l.stranded.Store(true)
	}
}

// carry applies the fault of the lane, and of the link, to bytes that were just
// read.
func (l *link) carry(bytes []byte, through *lane) chunk {
	c := through.pass(bytes, l.ended)
	if l.stranded.Load() {
		c.bytes = nil
	}
	return c
}

// awaitOpen blocks until the end of a stream may be passed on, or the link has
// ended.
func (l *link) awaitOpen(through *lane) {
	if l.stranded.Load() {
		<-l.ended
		l.reset() // returns when both sockets are closed: no end may slip out before
		return
	}
	through.awaitOpen(l.ended)
}
