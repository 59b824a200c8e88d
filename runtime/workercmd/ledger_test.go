package workercmd

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// ledger accounts for the tasks that a test sends: each must have run, or be
// left in its queue.
type ledger struct {
	t      *testing.T
	url    string
	queues []string
	client *actor.Client
	sent   map[string]bool
	// foreign are tasks that the workers run for another ledger.
	foreign map[string]bool
}

// openLedger takes names of queues, which it makes the test's own.
func openLedger(t *testing.T, url string, queues ...string) *ledger {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	transport, err := amqp.Dial(ctx, amqp.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { transport.Close() })
	l := &ledger{t: t, url: url, client: actor.NewClient(transport, actor.ClientConfig{}), sent: map[string]bool{}}
	prefix := rabbittest.Prefix(t)
	for _, queue := range queues {
		l.queues = append(l.queues, prefix+queue)
	}
	return l
}

// open is openLedger for one queue on the broker that the tests share.
func open(t *testing.T) *ledger {
	t.Helper()
	return openLedger(t, rabbittest.URL(t), "tasks")
}

// names returns the queues as a worker process takes them.
func (l *ledger) names() string { return strings.Join(l.queues, " ") }

func (l *ledger) stub(queue, kind string) actor.Stub {
	return actor.NewStub(definitionOf(queue)).Via(l.client).With(actor.Header(kindHeader, kind))
}

// send sends n tasks to each queue and returns their IDs.
func (l *ledger) send(n int, kind string) (ids []string) {
	l.t.Helper()
	for _, queue := range l.queues {
		stub := l.stub(queue, kind)
		for range n {
			m, err := stub.Message(noArguments())
			if err == nil {
				err = stub.Send(l.t.Context(), m)
			}
			if err != nil {
				l.t.Fatal(err)
			}
			l.sent[m.ID] = true
			ids = append(ids, m.ID)
		}
	}
	return ids
}

// ready returns how many messages wait in the queues.
func (l *ledger) ready() (n int) {
	l.t.Helper()
	l.onChannel(func(ch *amqp091.Channel) {
		for _, queue := range l.queues {
			q, err := ch.QueueDeclarePassive(queue, true, false, false, false, nil)
			if err != nil {
				l.t.Fatal(err)
			}
			n += q.Messages
		}
	})
	return n
}

// prefetched waits until workers hold everything.
func (l *ledger) prefetched() {
	l.t.Helper()
	eventually(l.t, "everything is prefetched", func() bool { return l.ready() == 0 })
}

// account is what has become of the tasks, by ID.
type account struct {
	ran  map[string]int // how often each has finished
	left map[string]int // how often each is in a queue
	// attempts are those of what is left, the lowest first.
	attempts map[string][]int64
	// counted is the highest delivery count of what is left.
	counted int64
}

// settle waits until every task that was sent has finished in one of the
// workers or is back in its queue, takes those out, and fails the test for a
// task that is lost, dead-lettered or nobody's.
func (l *ledger) settle(workers ...*workerProcess) account {
	l.t.Helper()
	a := account{ran: map[string]int{}, left: map[string]int{}, attempts: map[string][]int64{}}
	l.onChannel(func(ch *amqp091.Channel) {
		for end := time.Now().Add(soon); ; time.Sleep(20 * time.Millisecond) {
			a.ran = finished(workers)
			took := l.take(ch, &a)
			missing := l.missing(a)
			if len(missing) == 0 && !took || time.Now().After(end) {
				for _, id := range missing {
					l.t.Errorf("task %s: lost", id)
				}
				break
			}
		}
		time.Sleep(200 * time.Millisecond) // for what ought not to come
		l.take(ch, &a)
		for _, queue := range l.queues {
			if m, dead, err := ch.Get(queue+".XQ", true); err != nil || dead {
				l.t.Errorf("dead letter %s: %v (error %v), want none", m.MessageId, m.Headers, err)
			}
		}
	})
	a.ran = finished(workers)
	for _, ids := range []map[string]int{a.ran, a.left} {
		for id := range ids {
			if !l.sent[id] && !l.foreign[id] {
				l.t.Errorf("task %s: nobody sent it", id)
			}
		}
	}
	return a
}

// settleOnce is settle where no task may have come twice.
func (l *ledger) settleOnce(workers ...*workerProcess) account {
	l.t.Helper()
	a := l.settle(workers...)
	for id := range l.sent {
		if n := a.ran[id] + a.left[id]; n > 1 {
			l.t.Errorf("task %s: finished %d times and %d times left, want one of both", id, a.ran[id], a.left[id])
		}
	}
	return a
}

func finished(workers []*workerProcess) map[string]int {
	sum := map[string]int{}
	for _, w := range workers {
		for id, n := range w.said("finished") {
			sum[id] += n
		}
	}
	return sum
}

func (l *ledger) missing(a account) (ids []string) {
	for id := range l.sent {
		if a.ran[id]+a.left[id] == 0 {
			ids = append(ids, id)
		}
	}
	return ids
}

// take empties the queues, and reports whether there was something.
func (l *ledger) take(ch *amqp091.Channel, a *account) (took bool) {
	l.t.Helper()
	for _, queue := range l.queues {
		for {
			m, ok, err := ch.Get(queue, true)
			if err != nil {
				l.t.Fatal(err)
			}
			if !ok {
				break
			}
			took = true
			a.left[m.MessageId]++
			attempt, _ := m.Headers["actor-attempt"].(int64)
			a.attempts[m.MessageId] = append(a.attempts[m.MessageId], attempt)
			slices.Sort(a.attempts[m.MessageId])
			if n, _ := m.Headers["x-delivery-count"].(int64); n > a.counted {
				a.counted = n
			}
		}
	}
	return took
}

func (l *ledger) onChannel(do func(*amqp091.Channel)) {
	l.t.Helper()
	connection, err := amqp091.Dial(l.url)
	if err != nil {
		l.t.Fatal("no connection beside the worker's")
	}
	defer connection.Close()
	ch, err := connection.Channel()
	if err != nil {
		l.t.Fatal(err)
	}
	do(ch)
}
