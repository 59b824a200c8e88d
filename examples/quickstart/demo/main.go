// Command demo sends the quickstart's tasks and gives an account of what
// happens to them.
//
// Without flags the producer and the worker share this process and the
// in-memory broker. With -broker amqp://… the worker is the generated binary,
// in a process of its own, and nothing else changes.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/actorgen/actorgen/examples/quickstart/tasks"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/memory"
)

// quiet keeps the log out of the account.
var quiet = slog.New(slog.DiscardHandler)

// patience bounds the whole demo.
const patience = time.Minute

func main() {
	broker := flag.String("broker", "", "URL of a RabbitMQ broker (default: the in-memory broker)")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := run(ctx, *broker); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, broker string) error {
	transport, start, err := open(ctx, broker)
	if err != nil {
		return err
	}
	defer transport.Close()
	client := actor.NewClient(transport, actor.ClientConfig{})
	actor.SetDefault(client)

	out := os.Stdout
	worker, err := start(client)
	if err != nil {
		return err
	}
	told := tell(ctx, newAccount(out), client, transport, worker.lines)
	stopped := worker.stop()
	if err := errors.Join(told, stopped); err != nil {
		return err
	}
	fmt.Fprintln(out, "\nThe tasks are in examples/quickstart/tasks/tasks.go, what was generated for them is beside\nit, and examples/README.md has more to copy from.")
	return nil
}

// open connects to the broker and returns how its worker is started.
func open(ctx context.Context, broker string) (actor.Transport, startWorker, error) {
	if broker == "" {
		fmt.Println("Producer and worker in one process, in-memory broker.")
		return memory.New(memory.Config{}), startInProcess, nil
	}
	fmt.Println("Producer here, worker in a process of its own, RabbitMQ between them.")
	transport, err := amqp.Dial(ctx, amqp.Config{URL: broker, Logger: quiet})
	if err != nil {
		return nil, nil, err
	}
	return transport, func(*actor.Client) (*worker, error) { return startProcess(ctx, broker) }, nil
}

// tell sends the tasks and waits until each has ended as it should.
func tell(ctx context.Context, a *account, client *actor.Client, transport actor.Transport, lines <-chan string) error {
	const delay = 1500 * time.Millisecond
	order := tasks.Order{ID: 7, Items: []string{"ink", "paper"}, Cents: 1250}
	missing, err := tasks.ImportFile.Message("no-such-file.csv")
	if err != nil {
		return err
	}
	sends := []struct {
		what string
		send func() error
	}{
		{`Greet.Send(ctx, "Ada")`, func() error { return tasks.Greet.Send(ctx, "Ada") }},
		{`Greet.SendWithDelay(ctx, 1.5s, "Grace")`, func() error { return tasks.Greet.SendWithDelay(ctx, delay, "Grace") }},
		{`ChargeCard.Send(ctx, order)`, func() error { return tasks.ChargeCard.Send(ctx, order) }},
		{`client.Publish(ctx, ImportFile("no-such-file.csv"))`, func() error { return client.Publish(ctx, missing) }},
	}
	var sent time.Time
	for _, s := range sends {
		sent = a.note("sent", s.what)
		if err := s.send(); err != nil {
			return fmt.Errorf("%s: %w", s.what, err)
		}
		a.confirmed(s.what, sent)
	}

	dead := make(chan deadLetter, 1)
	go func() { dead <- awaitDeadLetter(ctx, transport, missing.ID) }()
	for !a.complete() {
		select {
		case line, open := <-lines:
			if !open {
				return fmt.Errorf("the worker ended early, %s", a.missing())
			}
			a.worker(line, delay)
		case letter := <-dead:
			if letter.err != nil {
				return fmt.Errorf("read the dead letter: %w", letter.err)
			}
			a.deadLetter(letter)
		case <-ctx.Done():
			return fmt.Errorf("not everything happened within %s, %s", patience, a.missing())
		}
	}
	a.summary()
	return nil
}
