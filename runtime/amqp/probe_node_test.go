package amqp

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// outwait is longer than a broker that owes an answer may stay silent.
const outwait = silence + minPatience + 2*time.Second

// A queue that confirms nothing, as without its majority, costs the others
// nothing: the broker answers the probe and keeps the connection.
func testNoConfirms(t *testing.T, node *rabbittest.Node) {
	broker := tenant(node, "stuck")
	transport := dialTest(t, Config{URL: broker})
	q := testQueue(t)
	told := &outcomes{err: map[string]error{}}
	told.add("first", send(transport, testEnvelope(q, "first")))
	process := func(do string) {
		ctl(t, node, "eval", fmt.Sprintf(`sys:%s('stuck_%s').`, do, q.Name))
	}
	process("suspend")
	start := time.Now()
	end := underLoad(8, func(id string) {
		e := testEnvelope(q, id)
		e.Timeout = time.Second
		err := send(transport, e)
		told.add(id, err)
		if !errors.Is(err, actor.ErrOutcomeUnknown) || !errors.Is(err, actor.ErrConfirmTimeout) {
			t.Errorf("message %s: got %v, want outcome unknown, confirm timeout", id, err)
		}
	})
	time.Sleep(time.Until(start.Add(outwait)))
	end()
	if got := transport.Stats(); got.Connects != 1 || got.ConnectionsLost != 0 {
		t.Errorf("got %+v, want the one connection kept", got)
	}
	process("resume")
	told.add("after", send(transport, testEnvelope(q, "after")))
	told.check(t, takeIDs(t, broker, q.Name))
}

// A broker that blocks us answers nothing, and is not silent.
func testBlockedIsNotSilent(t *testing.T, node *rabbittest.Node) {
	transport := dialTest(t, Config{URL: node.URL()})
	q := testQueue(t)
	told := &outcomes{err: map[string]error{}}
	told.add("first", send(transport, testEnvelope(q, "first")))
	ctl(t, node, "set_vm_memory_high_watermark", "0.00001")
	start := time.Now()
	end := underLoad(4, func(id string) {
		e := testEnvelope(q, id)
		e.Timeout = time.Second
		told.add(id, send(transport, e))
	})
	time.Sleep(time.Until(start.Add(outwait)))
	end()
	s, _ := transport.publishing.state()
	if s == nil || !s.blocked.Load() || transport.plain.active() == 0 {
		t.Error("got a connection that is not blocked with messages in flight, want one that is")
	}
	if got := transport.Stats(); got.Connects != 1 || got.ConnectionsLost != 0 {
		t.Errorf("got %+v, want the one connection kept", got)
	}
	ctl(t, node, "set_vm_memory_high_watermark", "0.4")
	told.add("after", send(transport, testEnvelope(q, "after")))
	told.check(t, takeIDs(t, node.URL(), q.Name))
}
