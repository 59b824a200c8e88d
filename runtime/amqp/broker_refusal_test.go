package amqp

import (
	"errors"
	"fmt"
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// maxMessage is the largest message that the node of these tests takes. It
// closes the channel of a publisher whose message is larger.
const maxMessage = 64 << 10

// What the broker refuses by closing a channel or by a nack. One node serves
// all cases, each with queues and users of its own.
func TestRefusals(t *testing.T) {
	node := rabbittest.MustStart(t, rabbittest.Options{Config: fmt.Sprintf("max_message_size = %d\n", maxMessage)})
	t.Run("cases", func(t *testing.T) { // ends before the node does
		for name, test := range map[string]func(*testing.T, *rabbittest.Node){
			"culprits alone fail":                testCulprits,
			"culprits in a batch":                testCulpritsInABatch,
			"a culprit that gives up":            testCulpritsThatGiveUp,
			"a delay into forbidden levels":      testForbiddenLevels,
			"a forbidden exchange":               testForbiddenExchange,
			"a policy that the sender knows not": testLimitByPolicy,
			"a limit that the sender knows":      testKnownLimit,
			"a user who may only write":          testWriter,
			"a user who may declare":             testChecker,
			"a user who may do nothing":          testNobody,
			"always, but not permitted":          testForbiddenDeclaration,
			"two brokers, two guarantees":        testHybrid,
			"a batch of everything":              testMixedBatch,
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(t, node)
			})
		}
	})
}

func culprit(q *actor.Queue, id string) actor.Envelope {
	e := testEnvelope(q, id)
	e.Body = make([]byte, maxMessage+1)
	return e
}

// refusedBy checks that err says that the broker refused e with a code.
func refusedBy(t *testing.T, err error, e actor.Envelope, code int) {
	t.Helper()
	failure(t, err, e, actor.ErrNacked)
	var reason *amqp.Error
	if !errors.As(err, &reason) || reason.Code != code {
		t.Errorf("message %s: got %v, want the broker's reason %d", e.ID, err, code)
	}
}

// only empties a queue, which must hold all of the wanted and no other. Those
// that shared a channel with a culprit may come twice, under one ID.
func only(t *testing.T, broker, queue string, want map[string]bool) {
	t.Helper()
	compare(t, takeIDs(t, broker, queue), want)
}

func compare(t *testing.T, came map[string]int, want map[string]bool) {
	t.Helper()
	twice := 0
	for id := range want {
		if came[id] == 0 {
			t.Errorf("message %s: confirmed and lost", id)
		}
	}
	for id, n := range came {
		if !want[id] {
			t.Errorf("message %s: queued, which nobody was told", id)
		}
		if n > 1 {
			twice++
		}
	}
	t.Logf("%d messages, %d of them queued more than once", len(want), twice)
}
