package amqp

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// Every third message is routable. Sends one by one are fewer where one waits
// for the other.
var crowds = []struct{ senders, singles, batched int }{
	{1, 1_500, 4_500},
	{10, 6_000, 4_500},
	{100, 10_500, 4_500},
	{1000, 12_000, 4_500},
}

func TestEveryUnroutableMessageIsToldFromTheRoutable(t *testing.T) {
	t.Parallel()
	broker := rabbittest.URL(t)
	for _, crowd := range crowds {
		t.Run(fmt.Sprint(crowd.senders), func(t *testing.T) {
			m := mixOf(t, broker)
			var senders sync.WaitGroup
			for k := range crowd.senders {
				senders.Go(func() {
					for i := range crowd.singles / crowd.senders {
						e := m.envelope(fmt.Sprintf("%d-%d", k, i), k+i)
						m.check(e, send(m.transport, e))
					}
					batch := make([]actor.Envelope, max(2, crowd.batched/crowd.senders))
					for i := range batch {
						batch[i] = m.envelope(fmt.Sprintf("%d-batch-%d", k, i), k+i)
					}
					errs := m.transport.Publish(context.Background(), batch)
					if len(errs) != len(batch) {
						t.Errorf("a batch with unroutable messages: got %d outcomes, want %d", len(errs), len(batch))
						return
					}
					for i, e := range batch {
						m.check(e, errs[i])
					}
				})
			}
			senders.Wait()
			holdsExactly(t, broker, m.exists.Name, m.routed.set)
		})
	}
}

// mix sends to a queue that exists and to one that does not.
type mix struct {
	*testing.T
	transport    *Transport
	exists, gone *actor.Queue
	routed       *ids
}

func mixOf(t *testing.T, broker string) *mix {
	q := testQueue(t)
	declareRaw(t, broker, q.Name, layout.Main(q).Args)
	return &mix{
		T: t, transport: dialTest(t, Config{URL: broker, Declare: DeclareNever}),
		exists: q, gone: &actor.Queue{Name: q.Name + "-gone"}, routed: newIDs(),
	}
}

func (m *mix) envelope(id string, n int) actor.Envelope {
	if n%3 == 0 {
		return testEnvelope(m.exists, id)
	}
	return testEnvelope(m.gone, id)
}

func (m *mix) check(e actor.Envelope, err error) {
	switch {
	case e.Queue == m.gone:
		failure(m.T, err, e, actor.ErrUnroutable)
	case err != nil:
		m.Errorf("routable message %s: got %v, want nil", e.ID, err)
	default:
		m.routed.add(e.ID)
	}
}

// An ID that is in flight twice, once to each queue, still brings each sender
// its own outcome.
func TestReturnsBelongToTheirSendersEvenUnderOneID(t *testing.T) {
	t.Parallel()
	broker := rabbittest.URL(t)
	m := mixOf(t, broker)
	const pairs = 300
	var senders sync.WaitGroup
	for k := range pairs {
		for n := range 2 {
			senders.Go(func() {
				e := m.envelope(fmt.Sprint("shared", k), n)
				m.check(e, send(m.transport, e))
			})
		}
	}
	senders.Wait()
	holdsExactly(t, broker, m.exists.Name, maps.Clone(m.routed.set))
	if n := m.routed.len(); n != pairs {
		t.Errorf("got %d messages confirmed, want %d", n, pairs)
	}
	if err := send(m.transport, testEnvelope(m.gone, "shared0")); !errors.Is(err, actor.ErrUnroutable) {
		t.Errorf("an ID used again: got %v, want ErrUnroutable", err)
	}
}
