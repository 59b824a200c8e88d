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

// ConnectionState is what is true of one of a transport's connections at present.
type ConnectionState struct {
	// Use is what the connection is for: "publish", "publish unconfirmed" (for
	// actors with confirm=false), "consume" or "reply".
	Use string
	// Connected says that the connection is up.
	Connected bool
	// Blocked says that the broker takes no messages over it, because of a memory
	// or disk alarm.
	Blocked bool
}

// Connections returns the state of each connection that is used, now or later
// again. It does not wait for the broker.
func (t *Transport) Connections() []ConnectionState {
	t.mu.Lock()
	consuming := t.consuming
	t.mu.Unlock()
	var states []ConnectionState
	for _, l := range []*link{t.publishing, t.unconfirming, consuming, t.replying} {
		if l == nil || !l.running.Load() {
			continue
		}
		s, _ := l.state()
		states = append(states, ConnectionState{Use: l.role, Connected: s != nil, Blocked: s != nil && s.blocked.Load()})
	}
	return states
}

// counters are the counts behind Stats, shared by the links of a transport.
type counters struct {
	connects, connectionsLost, lateReturns, staleAcks atomic.Int64
}
