package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/examples/quickstart/tasks"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/amqp/topology"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

func TestMain(m *testing.M) { os.Exit(rabbittest.Run(m)) }

// ran is a task that a worker has run.
type ran struct {
	name    string
	attempt int
	id      string
}

// setting is a broker as this program sees it, and as clients and workers do.
func setting(t *testing.T) (*broker, *actor.Client) {
	t.Helper()
	url := rabbittest.URL(t)
	connection, err := amqp091.Dial(url)
	if err != nil {
		t.Fatal("no connection")
	}
	t.Cleanup(func() { connection.Close() })
	b := &broker{connection: connection, prefix: rabbittest.Prefix(t)}
	if err := b.declare("quickstart", levelsFor(10*time.Second)); err != nil {
		t.Fatal(err)
	}
	transport, err := amqp.Dial(t.Context(), amqp.Config{
		URL: url, MaxDelay: 10 * time.Second, Declare: amqp.DeclareNever, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { transport.Close() })
	return b, actor.NewClient(transport, actor.ClientConfig{QueuePrefix: b.prefix})
}

// worker runs the tasks of the quickstart until the test ends.
func worker(t *testing.T, client *actor.Client) <-chan ran {
	t.Helper()
	runs := make(chan ran, 10)
	note := func(next actor.Handler) actor.Handler {
		return func(ctx context.Context, m actor.Message) error {
			arguments, err := tasks.Greet.Args(m)
			facts, _ := actor.DeliveryFacts(ctx)
			runs <- ran{name: arguments.Name, attempt: facts.Attempt, id: m.ID}
			return errors.Join(err, next(ctx, m))
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	w := actor.NewWorker(client, actor.WorkerConfig{Middleware: []actor.Middleware{note}, Logger: slog.New(slog.DiscardHandler)}, tasks.Actors())
	go func() { ended <- w.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return runs
}

func next(t *testing.T, runs <-chan ran) ran {
	t.Helper()
	select {
	case r := <-runs:
		return r
	case <-time.After(30 * time.Second):
		t.Fatal("no task was run within 30 seconds")
		return ran{}
	}
}

// What is published as the page says is run, and comes when it is due.
func TestPublished(t *testing.T) {
	b, client := setting(t)
	runs := worker(t, client)
	for _, delay := range []time.Duration{0, 100 * time.Millisecond, 500 * time.Millisecond, 1350 * time.Millisecond, 3500 * time.Millisecond} {
		message := greet("ada " + delay.String())
		sent := time.Now()
		if err := b.publish("quickstart", message, delay); err != nil {
			t.Fatalf("publish with a delay of %s: %v", delay, err)
		}
		got := next(t, runs)
		if took := time.Since(sent); took < delay {
			t.Errorf("a delay of %s: run after %s", delay, took)
		}
		if want := (ran{name: "ada " + delay.String(), id: message.MessageId}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	if err := b.publish("missing", greet("nobody"), 0); err == nil || errors.Is(err, errUnknown) {
		t.Errorf("publish to a queue that does not exist: got %v, want it returned", err)
	}
}

// TestRun is the program but for its flags.
func TestRun(t *testing.T) {
	b, client := setting(t)
	if err := run(rabbittest.URL(t), b.prefix, "ada", 300*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if got := next(t, worker(t, client)); got.name != "ada" {
		t.Errorf("got %+v, want ada greeted", got)
	}
}

// What this program declares is what clients declare.
func TestDeclared(t *testing.T) {
	b, _ := setting(t)
	connection, err := amqp.Connect(t.Context(), amqp.Config{URL: rabbittest.URL(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	report, err := topology.Plan(t.Context(), &topology.Broker{Conn: connection, VHost: "/"}, topology.Want{
		Queues: []actor.Queue{{Name: b.prefix + "quickstart"}}, Prefix: b.prefix, MaxDelay: 10 * time.Second})
	if err != nil || !report.Settled() || report.Same == 0 {
		t.Errorf("got %+v, %v, want nothing missing or different", report, err)
	}
}

// A task that a client sends is run here: it fails, and what is published for it
// is run by a worker as the second attempt.
func TestConsumed(t *testing.T) {
	b, client := setting(t)
	if err := tasks.Greet.Via(client).With(actor.MessageID("wire")).Send(t.Context(), "ada"); err != nil {
		t.Fatal(err)
	}
	err := b.work("quickstart", func(actor string, arguments []byte) error {
		if want := "\x81\xa4name\xa3ada"; actor != "tasks.Greet" || string(arguments) != want {
			t.Errorf("got %q, %q, want tasks.Greet, %q", actor, arguments, want)
		}
		return errors.New("busy")
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := next(t, worker(t, client)), (ran{name: "ada", attempt: 1, id: "wire"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
