package delays

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	libamqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// settings shorten what RabbitMQ waits, by default 180 s, before it moves a message
// once more that the next queue had refused, as a queue does that has just been
// started and has no leader. See docs/delays.md.
const settings = "[{rabbit, [{dead_letter_worker_publisher_confirm_timeout, 5000}]}]."

const (
	prefix   = "delays."
	maxDelay = 4 * time.Hour
	patience = time.Minute
)

// task is the actor of these tests. It notes when it ran.
var task = &actor.Definition{Name: "delays.Task", Queue: actor.Queue{Name: "punctual"}}

// rig is a broker, a client and what is known of the messages.
type rig struct {
	node   *rabbittest.Node
	client *actor.Client

	mu sync.Mutex
	// due is when each message was to run, by ID.
	due map[string]time.Time
	// late is by how much each message was late, by ID.
	late map[string]time.Duration
	// again counts second runs.
	again int
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{
		node: rabbittest.MustStart(t, rabbittest.Options{Advanced: settings}),
		due:  map[string]time.Time{}, late: map[string]time.Duration{},
	}
	r.client = clientOf(dial(t, r.node.URL(), maxDelay), prefix)
	return r
}

func dial(t *testing.T, url string, maxDelay time.Duration) actor.Transport {
	t.Helper()
	transport, err := amqp.Dial(t.Context(), amqp.Config{
		URL: url, MaxDelay: maxDelay, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := transport.Close(); err != nil {
			t.Error(err)
		}
	})
	return transport
}

func clientOf(transport actor.Transport, prefix string) *actor.Client {
	return actor.NewClient(transport, actor.ClientConfig{QueuePrefix: prefix})
}

// expect notes a message that is due after delay from now on.
func (r *rig) expect(id string, delay time.Duration) (due time.Time) {
	due = time.Now().Add(delay)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.due[id] = due
	return due
}

func message(t *testing.T, stub actor.Stub) actor.Message {
	t.Helper()
	arguments := actor.NewEncoder()
	arguments.Map(0)
	m, err := stub.Message(arguments)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// fill sends n messages in batches.
func (r *rig) fill(t *testing.T, name string, n int, delay func() time.Duration) {
	t.Helper()
	for sent := 0; sent < n; {
		batch := make([]actor.Message, min(n-sent, 5000))
		for i := range batch {
			id := fmt.Sprintf("%s %d", name, sent+i)
			batch[i] = message(t, actor.NewStub(task).With(actor.MessageID(id), actor.At(r.expect(id, delay()))))
		}
		if err := r.client.Publish(t.Context(), batch...); err != nil {
			t.Fatalf("send %s: %v", name, err)
		}
		sent += len(batch)
	}
}

// send sends n messages, a few at a time, each with a delay of its own.
func (r *rig) send(t *testing.T, name string, n int, delay func() time.Duration) (ids []string) {
	t.Helper()
	const senders = 16
	stub := actor.NewStub(task).Via(r.client)
	for i := range n {
		ids = append(ids, fmt.Sprintf("%s %d", name, i))
	}
	var all sync.WaitGroup
	for s := range senders {
		all.Go(func() {
			for i := s; i < n; i += senders {
				m, d := message(t, stub.With(actor.MessageID(ids[i]))), delay()
				r.expect(ids[i], d)
				if err := stub.SendWithDelay(t.Context(), d, m); err != nil {
					t.Errorf("send %s: %v", ids[i], err)
				}
			}
		})
	}
	all.Wait()
	return ids
}

// work runs a worker until the function that it returns is called.
func (r *rig) work(t *testing.T) (stop func()) { return runWorker(t, r.client, task, r.run) }

func runWorker(t *testing.T, client *actor.Client, d *actor.Definition, f actor.Task) (stop func()) {
	t.Helper()
	table := actor.Table{{Definition: d, Bind: func(actor.Message) (actor.Task, error) { return f, nil }}}
	w := actor.NewWorker(client, actor.WorkerConfig{Concurrency: 16, Logger: slog.New(slog.DiscardHandler)}, table)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("worker: %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

func (r *rig) run(ctx context.Context) error {
	now := time.Now()
	facts, _ := actor.DeliveryFacts(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ran := r.late[facts.ID]; ran {
		r.again++
	}
	r.late[facts.ID] = now.Sub(r.due[facts.ID])
	return nil
}

// await returns by how much the messages were late, once all have run.
func (r *rig) await(t *testing.T, ids []string) (late []time.Duration) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for missing := len(ids); missing > 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d messages have not run", missing, len(ids))
		}
		missing = 0
		r.mu.Lock()
		for _, id := range ids {
			if _, ran := r.late[id]; !ran {
				missing++
			}
		}
		r.mu.Unlock()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range ids {
		late = append(late, r.late[id])
	}
	return late
}

// sacrifice declares a queue that nobody uses: the one that was declared last
// may have no leader after RabbitMQ (3.10, measured) was killed and is back.
func (r *rig) sacrifice(t *testing.T) {
	t.Helper()
	r.onChannel(t, func(channel *libamqp.Channel) error {
		return layout.Queue{Name: "sacrifice", Args: libamqp.Table{"x-queue-type": "quorum"}}.Declare(channel, true)
	})
}

// waiting counts what the levels hold.
func (r *rig) waiting(t *testing.T) (n int) {
	t.Helper()
	r.onChannel(t, func(channel *libamqp.Channel) error {
		for level := range layout.Levels(maxDelay) {
			q, err := channel.QueueDeclarePassive(layout.Level(prefix, level), true, false, false, false, nil)
			if err != nil {
				return err
			}
			n += q.Messages
		}
		return nil
	})
	return n
}

func (r *rig) onChannel(t *testing.T, do func(*libamqp.Channel) error) {
	t.Helper()
	connection, err := libamqp.Dial(r.node.URL())
	if err != nil {
		t.Fatal("no connection of the bare library")
	}
	defer connection.Close()
	channel, err := connection.Channel()
	if err == nil {
		err = do(channel)
	}
	if err != nil {
		t.Fatal(err)
	}
}
