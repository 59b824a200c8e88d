package moving_test

import (
	"context"
	"reflect"
	"sync"
	"testing"
	"time"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/examples/moving/bridge"
	"github.com/actorgen/actorgen/examples/moving/byhand"
	"github.com/actorgen/actorgen/examples/moving/images"
	"github.com/actorgen/actorgen/examples/moving/tasks"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// soon bounds what must happen. Only failures take it.
const soon = 30 * time.Second

// byHand runs the hand-written consumer and returns its sender.
func byHand(t *testing.T) func(context.Context, string, int) error {
	t.Helper()
	conn := connect(t)
	channel, err := conn.Channel()
	if err != nil {
		t.Fatal(err)
	}
	remove(t, byhand.DeadQueue)
	if err := byhand.Declare(channel); err != nil {
		t.Fatal(err)
	}
	publisher, err := byhand.NewPublisher(conn)
	if err != nil {
		t.Fatal(err)
	}
	background(t, func(ctx context.Context) error { return byhand.Consume(ctx, conn, 4) }, context.Canceled)
	return publisher.ResizeImage
}

// ids are the message IDs under which images were resized.
var ids sync.Map

// withActorgen runs a worker and returns its sender, whose client is the default.
func withActorgen(t *testing.T) func(context.Context, string, int) error {
	t.Helper()
	remove(t, queue+actor.DeadLetterSuffix)
	client := dial(t, amqp.Config{URL: rabbittest.URL(t)})
	actor.SetDefault(client)
	note := func(next actor.Handler) actor.Handler {
		return func(ctx context.Context, m actor.Message) error {
			if args, err := tasks.ResizeImage.Args(m); err == nil {
				ids.Store(args.Image, m.ID)
			}
			return next(ctx, m)
		}
	}
	background(t, actor.NewWorker(client, actor.WorkerConfig{Concurrency: 4, Middleware: []actor.Middleware{note}}, tasks.Actors()).Run, nil)
	return tasks.ResizeImage.Send
}

// forward runs the bridge of a queue until it is stopped.
func forward(t *testing.T, old string, read func(amqp091.Delivery) (bridge.Old, error)) (stop func()) {
	t.Helper()
	conn := connect(t)
	return background(t, func(ctx context.Context) error { return bridge.Forward(ctx, conn, old, bridge.Send(read)) }, nil)
}

// background runs f until it is stopped, at the latest at the end of the test, and
// wants its error.
func background(t *testing.T, f func(context.Context) error, want error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- f(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != want {
			t.Errorf("at the end: got %v, want %v", err, want)
		}
	})
	t.Cleanup(stop)
	return stop
}

func dial(t *testing.T, config amqp.Config) *actor.Client {
	t.Helper()
	transport, err := amqp.Dial(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { transport.Close() })
	return actor.NewClient(transport, actor.ClientConfig{})
}

func connect(t *testing.T) *amqp091.Connection {
	t.Helper()
	conn, err := amqp091.Dial(rabbittest.URL(t))
	if err != nil {
		t.Fatal("no connection to the broker")
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// channel is one that only the caller uses.
func channel(t *testing.T) *amqp091.Channel {
	t.Helper()
	ch, err := connect(t).Channel()
	if err != nil {
		t.Fatal(err)
	}
	return ch
}

func remove(t *testing.T, queue string) {
	t.Helper()
	if _, err := channel(t).QueueDelete(queue, false, false, false); err != nil {
		t.Fatal(err)
	}
}

// oldQueue returns a queue of another library.
func oldQueue(t *testing.T) string {
	t.Helper()
	name := rabbittest.Prefix(t) + "old"
	if _, err := channel(t).QueueDeclare(name, true, false, false, false, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { remove(t, name) })
	return name
}

// put has a message in a queue.
func put(t *testing.T, queue string, message amqp091.Publishing) {
	t.Helper()
	ch := channel(t)
	if err := ch.Confirm(false); err != nil {
		t.Fatal(err)
	}
	confirm, err := ch.PublishWithDeferredConfirm("", queue, false, false, message)
	if err != nil {
		t.Fatal(err)
	}
	if !confirm.Wait() {
		t.Fatal("got a nack")
	}
}

// get waits for a message of a queue.
func get(t *testing.T, queue string) amqp091.Delivery {
	t.Helper()
	deliveries, err := channel(t).Consume(queue, "", true, false, false, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case d := <-deliveries:
		return d
	case <-time.After(soon):
		t.Fatalf("queue %q: got no message within %s", queue, soon)
		return amqp091.Delivery{}
	}
}

func awaitRuns(t *testing.T, image string, want []int) {
	t.Helper()
	eventually(t, func() bool { return reflect.DeepEqual(images.Runs(image), want) },
		func() { t.Fatalf("%s: got runs %v, want %v", image, images.Runs(image), want) })
}

// ready counts the messages of a queue that no consumer holds.
func ready(t *testing.T, queue string) int {
	t.Helper()
	q, err := channel(t).QueueDeclarePassive(queue, true, false, false, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	return q.Messages
}

func eventually(t *testing.T, condition func() bool, otherwise func()) {
	t.Helper()
	for end := time.Now().Add(soon); !condition(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			otherwise()
		}
	}
}
