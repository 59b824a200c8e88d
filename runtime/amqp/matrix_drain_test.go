package amqp

import (
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// drain returns how often each message was in the queue, delayed ones
// included. The transport is closed before, so that nothing more can come from
// it.
func (r *rig) drain(t *testing.T) map[string]int {
	t.Helper()
	r.transport.Close()
	if r.proxy != nil {
		r.proxy.Close()
	}
	return r.read(t)
}

// read reads what is in the queue on a connection of the bare library.
func (r *rig) read(t *testing.T) map[string]int {
	t.Helper()
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
	// What is acknowledged has been read. An automatic consumer would be counted
	// as having read what was only sent to it.
	deliveries, err := ch.Consume(r.queue.Name, "", false, false, false, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	came, read := map[string]int{}, 0
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
			} else {
				quiet.Reset(drainTimeout)
			}
			if read++; read%500 == 0 { // quorum queues keep back more than 2,000
				if err := d.Ack(true); err != nil {
					t.Fatal(err)
				}
			}
		case <-quiet.C:
			if left, err := ch.QueueDeclarePassive(r.queue.Name, true, false, false, false, nil); len(missing) > 0 {
				t.Logf("%d messages that must be there did not come; the queue counts %d more (%v)", len(missing), left.Messages, err)
			}
			delete(came, "last")
			delete(came, "last delayed")
			return came
		}
	}
}

const (
	// drainTimeout bounds the wait for the next message that must be in the queue.
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
