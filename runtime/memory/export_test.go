package memory

// Bytes returns how much the broker believes to hold.
func (b *Broker) Bytes() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.bytes
}
