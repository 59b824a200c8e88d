package memory

import (
	"cmp"
	"sync"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// Broker holds the queues that several transports of one process share. Its
// queues and their messages live as long as it does.
type Broker struct {
	// mu guards all state of the broker, its queues, transports and consumers.
	// Nothing blocks or calls out while it is held.
	mu          sync.Mutex
	queues      map[string]*queue
	connections int
	bytes       int    // of all messages, ready, delivered or delayed
	enqueued    uint64 // numbers messages in the order they entered a queue
	scheduled   uint64 // numbers events
	schedule    schedule
	timer       *time.Timer // fires at the first of schedule; nil until needed

	calls  map[string]*call // by where their replies go
	called uint64           // numbers these places
}

// NewBroker returns a broker without queues.
func NewBroker() *Broker {
	return &Broker{queues: map[string]*queue{}, calls: map[string]*call{}}
}

func (b *Broker) connect() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.connections++
	b.arm()
}

func (b *Broker) disconnect() {
	b.connections--
	b.arm()
}

// declare creates the queue that d describes, and those beside it, where they do
// not exist. The error says what contradicts one that does.
func (b *Broker) declare(d *actor.Queue) error {
	dead, deadErr := b.declareOne(d.DeadLetterName(), deadLetterArguments(d), nil)
	var retryErr error
	if d.HasRetryQueue() {
		_, retryErr = b.declareOne(d.RetryName(), retryArguments(d), dead)
	}
	_, err := b.declareOne(d.Name, workArguments(d), dead)
	return cmp.Or(err, retryErr, deadErr)
}

func (b *Broker) declareOne(name string, a arguments, dead *queue) (*queue, error) {
	if q, ok := b.queues[name]; ok {
		return q, q.arguments.contradiction(name, a)
	}
	q := &queue{broker: b, arguments: a, deadLetters: dead}
	b.queues[name] = q
	return q, nil
}
