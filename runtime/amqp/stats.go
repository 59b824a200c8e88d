package amqp

import "sync/atomic"

// Stats are counts since Dial. They only grow.
type Stats struct {
	// Connects counts the connections that were made, for publishing and for
	// consuming.
	Connects int64
	// ConnectionsLost counts those that ended otherwise than by Close.
	ConnectionsLost int64
	// LateReturns counts the messages that no queue took and whose senders had
	// gone, or did not wait for it (confirm=false). Each is logged, too.
	LateReturns int64
	// StaleAcks counts the acknowledgements that were dropped because the
	// channel of their delivery had ended. The broker delivers those messages
	// again.
	StaleAcks int64
}

// Stats returns the counts so far. It does not block.
func (t *Transport) Stats() Stats {
	return Stats{
		Connects:        t.counters.connects.Load(),
		ConnectionsLost: t.counters.connectionsLost.Load(),
		LateReturns:     t.counters.lateReturns.Load(),
		StaleAcks:       t.counters.staleAcks.Load(),
	}
}

// counters are the counts behind Stats, shared by the links of a transport.
type counters struct {
	connects, connectionsLost, lateReturns, staleAcks atomic.Int64
}
