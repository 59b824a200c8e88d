package amqp

import (
	"fmt"
	"sync"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// Only the delays of one prefix are forbidden, and all share a channel.
func testForbiddenLevels(t *testing.T, node *rabbittest.Node) {
	q := testQueue(t)
	const open, shut = "open.", "shut."
	delayed := func(id, prefix string) actor.Envelope {
		e := testEnvelope(q, id)
		e.Prefix, e.Delay = prefix, layout.Step
		return e
	}
	declaring := dialTest(t, Config{URL: node.URL(), MaxDelay: time.Second})
	want := map[string]bool{"open": true, "shut": true}
	mustSend(t, declaring, delayed("open", open))
	mustSend(t, declaring, delayed("shut", shut))
	transport := dialTest(t, Config{URL: user(node, "levels"), MaxDelay: time.Second, Declare: DeclareNever})
	confirmed := newIDs()
	end := underLoad(32, func(id string) {
		if err := send(transport, delayed(id, open)); err != nil {
			t.Errorf("a delay beside forbidden ones: got %v, want nil", err)
		}
		confirmed.add(id)
	})
	eventually(t, "delays are sent", func() bool { return confirmed.len() > 0 })
	for i := range 5 {
		e := delayed(fmt.Sprint("forbidden", i), shut)
		refusedBy(t, send(transport, e), e, amqp.AccessRefused)
	}
	end()
	for id := range confirmed.set {
		want[id] = true
	}
	came := map[string]int{}
	eventually(t, "all delays have ended", func() bool {
		for id, n := range takeIDs(t, node.URL(), q.Name) {
			came[id] += n
		}
		return len(came) >= len(want)
	})
	compare(t, came, want)
}

func testForbiddenExchange(t *testing.T, node *rabbittest.Node) {
	q := testQueue(t)
	declareRaw(t, node.URL(), q.Name, layout.Main(q).Args)
	transport := dialTest(t, Config{URL: user(node, "mute")})
	var senders sync.WaitGroup
	for k := range 20 {
		senders.Go(func() {
			e := testEnvelope(q, fmt.Sprint(k))
			refusedBy(t, send(transport, e), e, amqp.AccessRefused)
		})
	}
	senders.Wait()
	holdsExactly(t, node.URL(), q.Name, nil)
}
