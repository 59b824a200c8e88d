package idempotent_test

import (
	"context"
	"errors"
	"log"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/actorgen/actorgen/examples/idempotent/outbox"
	"github.com/actorgen/actorgen/examples/idempotent/tasks"
	"github.com/actorgen/actorgen/examples/internal/program"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/memory"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// prefixVariable makes the test binary a worker that dies between commit and
// acknowledgement.
const prefixVariable = "DIE_AFTER_COMMIT_ON_PREFIX"

func TestMain(m *testing.M) {
	if prefix := os.Getenv(prefixVariable); prefix != "" {
		log.Fatal(dieAfterCommit(prefix))
	}
	os.Exit(rabbittest.Run(m))
}

func dieAfterCommit(prefix string) error {
	ctx := context.Background()
	ledger, err := tasks.NewLedger(ctx)
	if err != nil {
		return err
	}
	transport, err := amqp.Dial(ctx, amqp.Config{URL: os.Getenv("ACTOR_BROKER")})
	if err != nil {
		return err
	}
	client := actor.NewClient(transport, actor.ClientConfig{QueuePrefix: prefix})
	return run(ctx, client, ledger, func(ctx context.Context, _ actor.Message, err error) {
		if err == nil {
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			<-ctx.Done()
		}
	})
}

// run works until ctx ends and tells after each run of a task what it came to.
func run(ctx context.Context, client *actor.Client, ledger *tasks.Ledger, after func(context.Context, actor.Message, error)) error {
	tell := func(next actor.Handler) actor.Handler {
		return func(ctx context.Context, m actor.Message) error {
			err := next(ctx, m)
			after(ctx, m, err)
			return err
		}
	}
	return actor.NewWorker(client, actor.WorkerConfig{Middleware: []actor.Middleware{tell}}, tasks.Actors(ledger)).Run(ctx)
}

// work runs a worker in this process until n runs have ended, all without an
// error, and returns the facts of each.
func work(t *testing.T, client *actor.Client, ledger *tasks.Ledger, n int) []actor.Facts {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var mu sync.Mutex
	var ran []actor.Facts
	err := run(ctx, client, ledger, func(ctx context.Context, _ actor.Message, err error) {
		facts, _ := actor.DeliveryFacts(ctx)
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			t.Errorf("%s: %v", facts.ID, err)
		}
		if ran = append(ran, facts); len(ran) == n {
			stop()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return ran
}

// TestRepetitionsTakeEffectOnce: each deposit is delivered twice, and three times
// more at the same moment.
func TestRepetitionsTakeEffectOnce(t *testing.T) {
	const deposits, repetitions = 20, 5
	ledger, _ := newLedger(t)
	transport := memory.New(memory.Config{})
	defer transport.Close()
	client := actor.NewClient(transport, actor.ClientConfig{})
	var messages []actor.Message
	for i := range deposits {
		m, err := tasks.LedgerDeposit.Message("ada", 1<<i)
		if err != nil {
			t.Fatal(err)
		}
		for range repetitions {
			messages = append(messages, m)
		}
	}
	if err := client.Publish(t.Context(), messages...); err != nil {
		t.Fatal(err)
	}
	work(t, client, ledger, deposits*repetitions)
	checkBalance(t, ledger, "ada", 1<<deposits-1)
}

// TestDeathBetweenCommitAndAck: the broker never learns that the task has run, so
// it runs again.
func TestDeathBetweenCommitAndAck(t *testing.T) {
	url, prefix := rabbittest.URL(t), rabbittest.Prefix(t)
	ledger, file := newLedger(t)
	transport, err := amqp.Dial(t.Context(), amqp.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer transport.Close()
	client := actor.NewClient(transport, actor.ClientConfig{
		QueuePrefix: prefix,
		Publish:     actor.PublishPolicy{ConfirmTimeout: new(time.Minute)}, // a busy machine
	})
	if err := tasks.LedgerDeposit.Via(client).Send(t.Context(), "ada", 1200); err != nil {
		t.Fatal(err)
	}

	killed := program.Start(t, os.Args[0], []string{prefixVariable + "=" + prefix, "LEDGER=" + file, "ACTOR_BROKER=" + url})
	if _, err := killed.End(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("got %v, want the worker killed by itself", err)
	}
	checkBalance(t, ledger, "ada", 1200)

	again := work(t, client, ledger, 1)
	if !again[0].Redelivered {
		t.Error("got a first delivery, want the one that the killed worker had")
	}
	checkBalance(t, ledger, "ada", 1200)
}

func TestMessageWithoutIDIsRejected(t *testing.T) {
	ledger, _ := newLedger(t)
	if err := ledger.Deposit(t.Context(), "ada", 1200); err == nil {
		t.Error("got a deposit that nothing tells from its repetition, want an error")
	}
	checkBalance(t, ledger, "ada", 0)
}

// TestOutbox: an order without a broker, then one that is refused, then a relay
// that ends before it can remove what it has sent.
func TestOutbox(t *testing.T) {
	ledger, _ := newLedger(t)
	shop, err := outbox.OpenShop(t.Context(), filepath.Join(t.TempDir(), "shop.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer shop.Close()
	if err := shop.Place(t.Context(), "ada", 1200); err != nil {
		t.Fatal(err)
	}
	if err := shop.Place(t.Context(), "ada", -1); err == nil {
		t.Error("got an order of less than nothing, want an error")
	}

	away := memory.New(memory.Config{})
	away.Close()
	if n, err := shop.Relay(t.Context(), actor.NewClient(away, actor.ClientConfig{})); n != 0 || !errors.Is(err, actor.ErrNotSent) {
		t.Errorf("relay without a broker: got %d sent, %v, want 0, ErrNotSent", n, err)
	}

	transport := memory.New(memory.Config{})
	defer transport.Close()
	ctx, end := context.WithCancel(t.Context())
	ending := actor.NewClient(transport, actor.ClientConfig{Middleware: []actor.SendMiddleware{func(next actor.Sender) actor.Sender {
		return func(ctx context.Context, messages []actor.Message) []error {
			defer end()
			return next(ctx, messages)
		}
	}}})
	if n, err := shop.Relay(ctx, ending); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("relay that is ended: got %d sent, %v, want 0, context.Canceled", n, err)
	}
	client := actor.NewClient(transport, actor.ClientConfig{})
	if n, err := shop.Relay(t.Context(), client); n != 1 || err != nil {
		t.Errorf("relay: got %d sent, %v, want 1", n, err)
	}
	if n, err := shop.Relay(t.Context(), client); n != 0 || err != nil {
		t.Errorf("relay once more: got %d sent, %v, want nothing left", n, err)
	}
	work(t, client, ledger, 2)
	checkBalance(t, ledger, "ada", 1200)
}

// TestCommands runs what README.md says, first without a broker.
func TestCommands(t *testing.T) {
	ledger, file := newLedger(t)
	broker := "ACTOR_BROKER=" + rabbittest.URL(t)
	shop, orders := program.Build(t, "./shop"), filepath.Join(t.TempDir(), "shop.db")

	early := program.Start(t, shop, []string{"ACTOR_BROKER=amqp://127.0.0.1:1"}, "-db", orders, "ada=1200")
	early.Await("the rest waits in the outbox")
	early.Stop()

	worker := program.Start(t, program.Build(t, "./worker"), []string{broker, "LEDGER=" + file})
	late := program.Start(t, shop, []string{broker}, "-db", orders, "ada=34")
	if lines, err := late.End(); err != nil || !strings.Contains(strings.Join(lines, "\n"), "sent 2") {
		t.Errorf("shop: got %q, %v, want 2 sent", lines, err)
	}
	worker.Await("deposit ")
	worker.Await("deposit ")
	worker.Stop()
	checkBalance(t, ledger, "ada", 1234)
}

func newLedger(t *testing.T) (ledger *tasks.Ledger, file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "ledger.db")
	ledger, err := tasks.OpenLedger(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ledger.Close() })
	return ledger, file
}

func checkBalance(t *testing.T, ledger *tasks.Ledger, account string, want int64) {
	t.Helper()
	if got, err := ledger.Balance(context.WithoutCancel(t.Context()), account); got != want || err != nil {
		t.Errorf("account %s: got %d cents, %v, want %d", account, got, err, want)
	}
}
