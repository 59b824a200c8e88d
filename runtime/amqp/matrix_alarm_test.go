package amqp

import (
	"fmt"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// blocked makes the node take no messages by a limit that it exceeds. It answers
// nothing then, and yet is not silent: the connection is kept. Who consumes goes
// on, on a connection of its own.
func blocked(node *rabbittest.Node, name, limit, exceeded, normal string) fault {
	var work *backlog
	return fault{
		name: name, kept: true,
		wants:  unsendable(actor.ErrBlocked),
		causes: append(lossy[:2:2], actor.ErrBlocked),
		inject: func(t *testing.T, r *rig) {
			work = newBacklog(t, node, r.transport)
			r.proxy.Inject(rabbittest.ToClient, lateWord)
			ctl(t, node, limit, exceeded)
			eventually(t, "the broker says that it blocks", func() bool { return isBlocked(r.transport) })
			work.finish(t)
		},
		heal: func(t *testing.T, r *rig) {
			if !isBlocked(r.transport) || inFlightOf(r.transport.plain) == 0 {
				t.Error("got a connection that is not blocked with messages in flight, want one that is")
			}
			r.proxy.Heal()
			ctl(t, node, limit, normal)
			holdsExactly(t, node.URL(), work.queue.Name, nil)
		},
	}
}

// lateWord makes that the broker has stopped to read before we hear of it: some
// messages are on their way then.
var lateWord = rabbittest.Fault{Latency: 200 * time.Millisecond}

func isBlocked(transport *Transport) bool {
	s, _ := transport.publishing.state()
	return s != nil && s.blocked.Load()
}

// backlog is work that a consumer has been given.
type backlog struct {
	queue *actor.Queue
	actor.Consumer
}

const backlogSize = 20

func newBacklog(t *testing.T, node *rabbittest.Node, transport *Transport) *backlog {
	t.Helper()
	b := &backlog{queue: testQueue(t)}
	sending := dialTest(t, Config{URL: node.URL()})
	for i := range backlogSize {
		mustSend(t, sending, testEnvelope(b.queue, fmt.Sprint(i)))
	}
	b.Consumer = mustConsume(t, transport, b.queue, backlogSize)
	return b
}

// finish acknowledges all of it.
func (b *backlog) finish(t *testing.T) {
	t.Helper()
	for range backlogSize {
		if err := mustReceive(t, b).Settlement.Ack(true); err != nil {
			t.Errorf("acknowledgement while publishers are blocked: got %v, want nil", err)
		}
	}
	if err := b.Close(t.Context()); err != nil {
		t.Errorf("close while publishers are blocked: got %v, want nil", err)
	}
}
