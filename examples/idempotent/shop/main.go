// Command shop takes orders such as ada=1200 and sends the tasks that follow from
// them, also those that it could not send when it ran before.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/actorgen/actorgen/examples/idempotent/outbox"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
)

func main() {
	file := flag.String("db", "shop.db", "database `file` of the orders")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *file, flag.Args()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, file string, orders []string) error {
	shop, err := outbox.OpenShop(ctx, file)
	if err != nil {
		return err
	}
	defer shop.Close()
	for _, order := range orders {
		account, amount, _ := strings.Cut(order, "=")
		cents, err := strconv.ParseInt(amount, 10, 64)
		if err != nil {
			return fmt.Errorf("order %q is not of the form account=cents", order)
		}
		if err := shop.Place(ctx, account, cents); err != nil {
			return fmt.Errorf("place order %q: %w", order, err)
		}
	}

	// The orders stand. A broker that is away delays their tasks and nothing else.
	transport, err := amqp.Dial(ctx, amqp.Config{URL: os.Getenv("ACTOR_BROKER"), Lazy: true})
	if err != nil {
		return err
	}
	defer transport.Close()
	client := actor.NewClient(transport, actor.ClientConfig{})
	for {
		sent, err := shop.Relay(ctx, client)
		if sent > 0 {
			fmt.Println("sent", sent)
		}
		if err == nil {
			return nil
		}
		log.Print("the rest waits in the outbox: ", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
	}
}
