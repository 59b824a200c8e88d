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
	told := newJournal()
	told.tell(certain, "first", send(transport, testEnvelope(q, "first")))
	process := func(do string) {
		ctl(t, node, "eval", fmt.Sprintf(`sys:%s('stuck_%s').`, do, q.Name))
	}
	process("suspend")
	start := time.Now()
	end := underLoad(8, func(id string) {
		e := testEnvelope(q, id)
		e.Timeout = time.Second
		err := send(transport, e)
		told.tell(anybody, id, err)
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
	told.tell(certain, "after", send(transport, testEnvelope(q, "after")))
	told.check(t, takeIDs(t, broker, q.Name))
}
