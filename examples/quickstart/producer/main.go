// Command producer sends greetings to whichever worker runs.
//
//	go run ./examples/quickstart/producer -broker amqp://guest:guest@127.0.0.1:5672/ Ada
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/actorgen/actorgen/examples/quickstart/tasks"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
)

func main() {
	broker := flag.String("broker", "", "URL of the RabbitMQ broker (default that in ACTOR_BROKER, else the one on this machine)")
	count := flag.Int("count", 1, "how many greetings to send to each name")
	flag.Parse()
	if err := run(cmp.Or(*broker, os.Getenv("ACTOR_BROKER")), *count, flag.Args()); err != nil {
		log.Fatal(err)
	}
}

func run(broker string, count int, names []string) error {
	ctx := context.Background()
	dialCtx, cancel := context.WithTimeout(ctx, 30*time.Second) // a broker that is down is waited for
	defer cancel()
	transport, err := amqp.Dial(dialCtx, amqp.Config{URL: broker})
	if err != nil {
		return err
	}
	defer transport.Close()
	actor.SetDefault(actor.NewClient(transport, actor.ClientConfig{}))

	for _, name := range names {
		for i := range count {
			greeting := fmt.Sprintf("%s-%d", name, i)
			if err := tasks.Greet.Send(ctx, greeting); err != nil {
				return err
			}
			fmt.Println("confirmed", greeting)
		}
	}
	return nil
}
