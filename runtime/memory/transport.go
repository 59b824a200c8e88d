// Package memory carries messages within one process, with the semantics of
// RabbitMQ: confirms, returns, nacks, prefetch, redelivery, dead letters and
// delays. Nothing outlives the process.
package memory

import (
	"cmp"
	"log/slog"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

const (
	// DefaultMaxDelay is the longest delay of a transport that sets none.
	DefaultMaxDelay = 168 * time.Hour
	// DefaultMaxBytes is how much a broker holds for a transport that does not
	// say.
	DefaultMaxBytes = 1 << 30
)

// Config configures a [Transport]. The zero value works.
type Config struct {
	// Broker holds the queues; transports with the same one exchange
	// messages. Defaults to a broker of the transport's own.
	Broker *Broker
	// MaxDelay is the longest delay of one message.
	// Defaults to DefaultMaxDelay.
	MaxDelay time.Duration
	// MaxBytes is how many bytes of messages the broker may hold. A message
	// beyond is not sent (actor.ErrBlocked) until others have left.
	// Defaults to DefaultMaxBytes.
	MaxBytes int
	// NoDeclare keeps the transport from declaring queues: a message for a
	// queue that nobody declared is unroutable. Defaults to declaring.
	NoDeclare bool
	// Logger is told, once for each queue, of a message whose declaration
	// contradicts the queue that takes it. Defaults to slog.Default().
	Logger *slog.Logger
}

// Transport is an actor.Transport within one process: a connection to a
// [Broker]. No method blocks but Receive of a consumer, and nothing runs in
// the background but one timer while messages are delayed.
type Transport struct {
	broker *Broker
	config Config

	// All below is guarded by broker.mu.

	closed    bool
	consumers map[*consumer]struct{}
	calls     map[string]*call // that wait, by message ID
	reported  map[string]bool  // queues whose contradiction was logged
}

var _ actor.Transport = (*Transport)(nil)

// New returns a transport that is ready to use.
func New(config Config) *Transport {
	if config.Broker == nil {
		config.Broker = NewBroker()
	}
	config.MaxDelay = cmp.Or(config.MaxDelay, DefaultMaxDelay)
	config.MaxBytes = cmp.Or(config.MaxBytes, DefaultMaxBytes)
	t := &Transport{
		broker:    config.Broker,
		config:    config,
		consumers: map[*consumer]struct{}{},
		calls:     map[string]*call{},
		reported:  map[string]bool{},
	}
	t.broker.connect()
	return t
}

// MaxDelay returns the longest delay that the transport accepts.
func (t *Transport) MaxDelay() time.Duration { return t.config.MaxDelay }

// Interrupt does to every consumer what the loss of its connection does: all
// that it has not settled goes back to its queue, and it subscribes again. Calls
// lose their replies. It is for tests of what survives that.
func (t *Transport) Interrupt() {
	t.broker.mu.Lock()
	defer t.broker.mu.Unlock()
	t.loseCalls(actor.ErrConnectionLost)
	for c := range t.consumers {
		c.endSession()
		if !c.stopped {
			c.session = newSession()
		}
	}
	// Queues dispatch only now that every consumer has a session again:
	// nothing is delivered to one that is about to lose its own.
	for c := range t.consumers {
		c.queue.dispatch()
	}
}

// Close ends publishing and every consumer; what they have not settled goes
// back to its queue. The queues live on in a broker that was given by Config.
func (t *Transport) Close() error {
	t.broker.mu.Lock()
	defer t.broker.mu.Unlock()
	if t.closed {
		return nil
	}
	t.closed = true
	t.loseCalls(actor.ErrClosed)
	for c := range t.consumers {
		c.unsubscribe()
	}
	for c := range t.consumers {
		c.endSession()
	}
	for c := range t.consumers {
		c.queue.dispatch()
	}
	t.consumers = nil
	t.broker.disconnect()
	return nil
}

func (t *Transport) logger() *slog.Logger {
	if t.config.Logger != nil {
		return t.config.Logger
	}
	return slog.Default()
}
