package amqp

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// rig is a transport under load whose messages are accounted for.
type rig struct {
	broker    string            // the URL of the broker itself
	proxy     *rabbittest.Proxy // nil where the transport has none before it
	transport *Transport
	queue     *actor.Queue
	prefix    string // of the delays
	journal   *journal
	load      []*sender
	// calls counts the calls of Publish, size is how long messages are.
	calls, size atomic.Int64
}

// newRig connects a transport. It keeps the heartbeat of 5 seconds: a connection
// that is found dead sooner would free senders that overlook their own end.
func newRig(t *testing.T, broker string, load []*sender, c Config) *rig {
	t.Helper()
	if c.URL == "" {
		c.URL = broker
	}
	c.DialTimeout, c.MaxDelay = 2*time.Second, maxHeld
	q := testQueue(t)
	return &rig{broker: broker, transport: dialTest(t, c), queue: q, prefix: q.Name + ".", journal: newJournal(), load: load}
}

// newRigVia connects a transport through a proxy.
func newRigVia(t *testing.T, broker string, load []*sender) *rig {
	t.Helper()
	proxy, via := proxyTo(t, broker)
	r := newRig(t, broker, load, Config{URL: via})
	r.proxy = proxy
	return r
}

// start sets the load to work until the function it returns is called, which
// waits for the senders.
func (r *rig) start() (end func()) {
	stop, ended := make(chan struct{}), make(chan struct{})
	var all, watch sync.WaitGroup
	watch.Go(func() { r.journal.watch(ended) })
	for _, s := range r.load {
		for range s.count {
			all.Go(func() {
				for {
					r.send(s)
					select {
					case <-stop:
						return
					case <-time.After(s.pause()):
					}
				}
			})
		}
	}
	return func() {
		close(stop)
		all.Wait()
		close(ended)
		watch.Wait()
	}
}

// send makes one call and enters its answer.
func (r *rig) send(s *sender) {
	call := r.calls.Add(1)
	batch := make([]actor.Envelope, max(1, s.batch))
	for i := range batch {
		batch[i] = r.envelope(s, fmt.Sprintf("%s %d-%d", s.name, call, i))
	}
	sent, limit := time.Now(), s.limit()
	ctx, cancel := s.context(limit)
	defer cancel()
	r.journal.add(s, batch, sent, limit, r.transport.Publish(ctx, batch))
}

func (r *rig) envelope(s *sender, id string) actor.Envelope {
	e := testEnvelope(r.queue, id)
	e.Body = make([]byte, max(100, r.size.Load()))
	e.Prefix, e.Delay, e.Confirm, e.Timeout = r.prefix, s.delay, !s.unconfirmed, s.timeout
	return e
}
