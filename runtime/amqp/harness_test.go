package amqp

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// testQueue returns a queue of the test's own.
func testQueue(t *testing.T) *actor.Queue {
	return &actor.Queue{Name: rabbittest.Prefix(t) + "queue"}
}

func testEnvelope(q *actor.Queue, id string) actor.Envelope {
	return actor.Envelope{
		ID: id, Actor: "test.Task", Body: []byte(id), Queue: q, Priority: actor.NoPriority,
		Confirm: true, Mandatory: true, Persistent: true, Timeout: 20 * time.Second,
	}
}

func send(transport *Transport, e actor.Envelope) error {
	if errs := transport.Publish(context.Background(), []actor.Envelope{e}); errs != nil {
		return errs[0]
	}
	return nil
}

func mustSend(t *testing.T, transport *Transport, e actor.Envelope) {
	t.Helper()
	if err := send(transport, e); err != nil {
		t.Fatalf("send %s: %v", e.ID, err)
	}
}

func mustConsume(t *testing.T, transport *Transport, q *actor.Queue, prefetch int) actor.Consumer {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	c, err := transport.Consume(ctx, actor.Subscription{Queue: q, Prefetch: prefetch})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func mustReceive(t *testing.T, c actor.Consumer) *actor.Delivery {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	d, err := c.Receive(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// drain receives and acknowledges until the queue is empty and returns how
// often each message came.
func drain(t *testing.T, q *actor.Queue) map[string]int {
	t.Helper()
	return drainAt(t, rabbittest.URL(t), q)
}

// drainAt is drain on another broker.
func drainAt(t *testing.T, broker string, q *actor.Queue) map[string]int {
	t.Helper()
	transport := dialTest(t, Config{URL: broker})
	c := mustConsume(t, transport, q, 100)
	came := map[string]int{}
	for {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		d, err := c.Receive(ctx)
		cancel()
		if errors.Is(err, context.DeadlineExceeded) {
			return came
		}
		if err != nil {
			t.Fatal(err)
		}
		came[d.ID]++
		if err := d.Settlement.Ack(true); err != nil {
			t.Fatal(err)
		}
	}
}

// outcomes keeps what senders were told.
type outcomes struct {
	mu  sync.Mutex
	err map[string]error
}

func (o *outcomes) add(id string, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.err[id] = err
}

// check compares what senders were told with what came: confirmed means
// queued, not sent and unroutable mean not queued.
func (o *outcomes) check(t *testing.T, came map[string]int) {
	t.Helper()
	confirmed, twice := 0, 0
	for id, err := range o.err {
		switch {
		case err == nil:
			confirmed++
			if came[id] == 0 {
				t.Errorf("message %s: confirmed and lost", id)
			}
		case errors.Is(err, actor.ErrNotSent), errors.Is(err, actor.ErrUnroutable):
			if came[id] > 0 {
				t.Errorf("message %s: reported %v, but it was queued", id, err)
			}
		case !errors.Is(err, actor.ErrOutcomeUnknown) && !errors.Is(err, actor.ErrNacked):
			t.Errorf("message %s: got %v, which is no outcome", id, err)
		}
		if came[id] > 1 {
			twice++
		}
	}
	for id := range came {
		if _, ok := o.err[id]; !ok {
			t.Errorf("message %s: nobody sent it", id)
		}
	}
	t.Logf("sent %d, confirmed %d, queued twice %d", len(o.err), confirmed, twice)
}

// raw is a connection beside the transport's.
func raw(t *testing.T, do func(ch *amqp.Channel) error) error {
	t.Helper()
	conn, err := amqp.Dial(rabbittest.URL(t))
	if err != nil {
		t.Fatal("no raw connection")
	}
	defer conn.Close()
	ch, err := conn.Channel()
	if err != nil {
		t.Fatal(err)
	}
	return do(ch)
}

func deleteQueue(t *testing.T, name string) {
	t.Helper()
	if err := raw(t, func(ch *amqp.Channel) error { _, err := ch.QueueDelete(name, false, false, false); return err }); err != nil {
		t.Fatal(err)
	}
}

func exists(t *testing.T, name string) bool {
	t.Helper()
	return raw(t, func(ch *amqp.Channel) error {
		_, err := ch.QueueDeclarePassive(name, true, false, false, false, nil)
		return err
	}) == nil
}

// underLoad lets senders call use, with IDs of their own, until the function it
// returns is called, which waits for them.
func underLoad(senders int, use func(id string)) (end func()) {
	stop := make(chan struct{})
	var all sync.WaitGroup
	for k := range senders {
		all.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
					use(fmt.Sprintf("%d-%d", k, i))
				}
			}
		})
	}
	return func() {
		close(stop)
		all.Wait()
	}
}
