package amqp

import (
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// drain returns how often each message was in the queue, delayed ones
// included. The transport is closed before, so that nothing more can come from
// it, and what is in the queue is read on a connection of the bare library.
func (r *rig) drain(t *testing.T) map[string]int {
	t.Helper()
	r.transport.Close()
	if r.proxy != nil {
		r.proxy.Close()
	}
	missing := r.journal.promised()
	// Queues and delay levels are in order, so behind these comes no straggler
	// but what the broker still reads from a dead connection.
	for id, delay := range map[string]time.Duration{"last": 0, "last delayed": heldFor} {
		missing[id] = true
		r.mustMark(t, id, delay)
	}
	conn, err := amqp.Dial(r.broker)
	if err != nil {
		t.Fatal("no connection to drain the queue")
	}
	defer conn.Close()
	ch, err := conn.Channel()
	if err != nil {
		t.Fatal(err)
	}
	deliveries, err := ch.Consume(r.queue.Name, "", true, false, false, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	came := map[string]int{}
	quiet := time.NewTimer(drainTimeout)
	defer quiet.Stop()
	for {
		select {
		case d, ok := <-deliveries:
			if !ok {
				t.Fatal("the connection that drains the queue was lost")
			}
			came[d.MessageId]++
			if delete(missing, d.MessageId); len(missing) == 0 {
				quiet.Reset(stragglers)
			}
		case <-quiet.C:
			delete(came, "last")
			delete(came, "last delayed")
			return came
		}
	}
}

const (
	// drainTimeout bounds the wait for what must be in the queue.
	drainTimeout = 30 * time.Second
	// stragglers is the silence after which a queue counts as empty.
	stragglers = 500 * time.Millisecond
)

// mustMark sends a message that the journal does not know.
func (r *rig) mustMark(t *testing.T, id string, delay time.Duration) {
	t.Helper()
	transport := dialTest(t, Config{URL: r.broker, MaxDelay: maxHeld})
	e := r.envelope(&sender{delay: delay, timeout: drainTimeout}, id)
	mustSend(t, transport, e)
	transport.Close()
}
