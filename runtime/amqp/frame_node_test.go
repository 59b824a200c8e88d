package amqp

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// Headers that do not fit into the broker's frames fail their message, before
// the wire, and nobody else.
func testFrames(t *testing.T, node *rabbittest.Node) {
	broker := tenant(node, "frames")
	transport := dialTest(t, Config{URL: broker})
	q := testQueue(t)
	with := func(id string, bytes int) actor.Envelope {
		e := testEnvelope(q, id)
		e.Timeout = sendTimeout
		e.Headers = map[string]any{"h": strings.Repeat("x", bytes)}
		return e
	}
	told := newJournal()
	end := underLoad(16, func(id string) { told.tell(certain, id, send(transport, testEnvelope(q, id))) })
	fits, fails := 0, 0
	expect := func(id string, err error) {
		told.tell(anybody, id, err)
		if err == nil {
			fits++
			return
		}
		fails++
		var invalid *actor.InvalidMessageError
		if !errors.Is(err, actor.ErrNotSent) || !errors.As(err, &invalid) {
			t.Errorf("message %s: got %v, want ErrNotSent and an *actor.InvalidMessageError", id, err)
		}
	}
	for bytes := 7900; bytes < 8200 && transport.Stats().ConnectionsLost == 0; bytes += 3 { // around the limit
		id := fmt.Sprint("h", bytes)
		expect(id, send(transport, with(id, bytes)))
	}
	if fits == 0 || fails == 0 {
		t.Errorf("got %d messages that fit and %d that do not, want some of either", fits, fails)
	}
	batch := []actor.Envelope{with("batch0", 10), with("batch1", 12000), with("batch2", 10)}
	errs := transport.Publish(context.Background(), batch)
	for i, e := range batch {
		expect(e.ID, errs[i])
		if (errs[i] != nil) != (i == 1) {
			t.Errorf("message %s of the batch: got %v", e.ID, errs[i])
		}
	}
	e := with("copy", 12000)
	e.Attempt, e.Failure = 1, strings.Repeat("failure ", 1000)
	err := send(transport, e)
	told.tell(certain, e.ID, err)
	end()
	if got := transport.Stats(); got.ConnectionsLost > 0 {
		t.Errorf("got %d connections lost, want none", got.ConnectionsLost)
	}
	came := map[string]int{}
	for _, d := range take(t, broker, q.Name) {
		came[d.MessageId]++
		if d.MessageId == "copy" && (d.Headers[headerAttempt] != int64(1) || d.Headers[headerError] == nil || d.Headers["h"] != nil) {
			t.Errorf("the copy came with headers %v, want attempt and error and no other", d.Headers)
		}
	}
	told.check(t, came)
}
