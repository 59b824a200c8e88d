// Command shop sends a payment and a click every now and then, each to its broker.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/actorgen/actorgen/examples/hybrid/tasks"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
)

func main() {
	payments := flag.String("payments", "amqp://guest:guest@127.0.0.1:5672/", "`URL` of the broker for payments")
	analytics := flag.String("analytics", "amqp://guest:guest@127.0.0.1:5672/", "`URL` of the broker for analytics")
	interval := flag.Duration("interval", time.Second, "time between two payments")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *payments, *analytics, *interval); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, payments, analytics string, interval time.Duration) error {
	critical, err := amqp.Dial(ctx, amqp.Config{URL: payments}) // nothing to do without it
	if err != nil {
		return fmt.Errorf("payments: %w", err)
	}
	defer critical.Close()
	casual, err := amqp.Dial(ctx, amqp.Config{URL: analytics, Lazy: true}) // nobody waits for it
	if err != nil {
		return fmt.Errorf("analytics: %w", err)
	}
	defer casual.Close()
	actor.SetDefault(actor.NewClient(critical, actor.ClientConfig{}))
	actor.SetBroker("analytics", actor.NewClient(casual, actor.ClientConfig{}))

	for n := 1; ; n++ {
		if err := tasks.CountClick.Send(ctx, "/pay"); err != nil {
			fmt.Println("click dropped:", err) // and that is all: a metric in real life
		}
		if err := pay(ctx, fmt.Sprintf("p-%d", n), 995); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(interval):
		}
	}
}

// pay sends a payment until it is in the queue, always under the same message ID, by
// which the task can tell that a second message is the same. It gives up when ctx ends,
// but not on a message under way, whose outcome is known within 5 seconds.
func pay(ctx context.Context, payment string, cents int64) error {
	for {
		err := tasks.CapturePayment.With(actor.MessageID(payment)).Send(context.WithoutCancel(ctx), payment, cents)
		var failed *actor.PublishError
		switch {
		case err == nil:
			fmt.Println("payment queued:", payment)
			return nil
		case !errors.As(err, &failed), ctx.Err() != nil:
			return err
		}
		log.Print("once more: ", err)
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Second):
		}
	}
}
