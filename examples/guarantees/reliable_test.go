package guarantees_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/examples/guarantees"
	"github.com/actorgen/actorgen/examples/guarantees/tasks"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/memory"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// outbox is one in memory.
type outbox []string

func (o *outbox) Pending(context.Context) ([]string, error) { return slices.Clone(*o), nil }

func (o *outbox) Sent(_ context.Context, order string) error {
	*o = slices.DeleteFunc(*o, func(pending string) bool { return pending == order })
	return nil
}

func TestRelayKeepsWhatIsNotQueued(t *testing.T) {
	nowhere := actor.NewClient(memory.New(memory.Config{NoDeclare: true}), actor.ClientConfig{})
	box := outbox{"1", "2"}
	if err := guarantees.Relay(actor.NewContext(t.Context(), nowhere), &box); !errors.Is(err, actor.ErrUnroutable) {
		t.Errorf("got %v, want ErrUnroutable", err)
	}
	if len(box) != 2 {
		t.Errorf("got %q in the outbox, want both orders", box)
	}
}

func TestRelayQueuesEachOrderUnderItsOwnID(t *testing.T) {
	ch := purged(t)
	box := outbox{"1", "2"}
	if err := guarantees.Relay(actor.NewContext(t.Context(), dialled(t)), &box); err != nil || len(box) > 0 {
		t.Fatalf("got %v with %q left, want all sent", err, box)
	}
	for i, d := range get(t, ch, orders, 2) {
		if want := []string{"ship-1", "ship-2"}[i]; d.MessageId != want || d.DeliveryMode != amqp091.Persistent {
			t.Errorf("got message %q in mode %d, want a persistent %q", d.MessageId, d.DeliveryMode, want)
		}
	}
}

func TestWorkersTakeTheirQueues(t *testing.T) {
	ch := purged(t)
	client, analytics := dialled(t), dialled(t)
	actor.SetBroker("analytics", analytics)
	ctx := actor.NewContext(t.Context(), client)
	for name, work := range map[string]func(context.Context) error{
		"reliably": func(ctx context.Context) error { return guarantees.WorkReliably(ctx, client) },
		"on both":  func(ctx context.Context) error { return guarantees.WorkOnBoth(ctx, client, analytics) },
	} {
		sent := []string{orders, payments}
		err := errors.Join(tasks.ShipOrder.Send(ctx, "1"), tasks.ChargePayment.Send(ctx, "p-1", 995))
		if name == "on both" {
			sent = append(sent, events)
			err = errors.Join(err, tasks.TrackEvent.Send(ctx, "opened"))
		}
		if err != nil {
			t.Fatal(err)
		}
		deadline := time.Now().Add(30 * time.Second)
		for left := -1; left != 0; left = ready(t, ch, sent...) {
			if time.Now().After(deadline) {
				t.Fatalf("%s: got %d messages left, want none", name, left)
			}
			workUntilTaken(t, ch, sent, work)
		}
	}
}

// workUntilTaken ends the worker once the queues are empty. What was taken before
// it had subscribed to all of them goes back.
func workUntilTaken(t *testing.T, ch *amqp091.Channel, queues []string, work func(context.Context) error) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- work(ctx) }()
	for ctx.Err() == nil && ready(t, ch, queues...) > 0 {
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatalf("got %v, want a worker that drained", err)
	}
}

// One worker that cannot run ends the other.
func TestWorkOnBothEndsTogether(t *testing.T) {
	closed := memory.New(memory.Config{})
	closed.Close()
	good := actor.NewClient(memory.New(memory.Config{}), actor.ClientConfig{})
	err := guarantees.WorkOnBoth(t.Context(), good, actor.NewClient(closed, actor.ClientConfig{}))
	if !errors.Is(err, actor.ErrClosed) {
		t.Errorf("got %v, want ErrClosed", err)
	}
}

func dialled(t *testing.T) *actor.Client {
	t.Helper()
	transport, err := amqp.Dial(t.Context(), amqp.Config{URL: rabbittest.URL(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { transport.Close() })
	return actor.NewClient(transport, actor.ClientConfig{})
}
