// Command ask asks a worker for the price of a parcel.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/actorgen/actorgen/examples/calling/tasks"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
)

func main() {
	var parcel tasks.Parcel
	flag.IntVar(&parcel.Kilos, "kilos", 2, "weight of the parcel")
	flag.BoolVar(&parcel.Express, "express", false, "tomorrow")
	patience := flag.Duration("patience", 5*time.Second, "how long to wait for all of it")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, *patience)
	defer cancel()
	if err := run(ctx, parcel); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, parcel tasks.Parcel) error {
	transport, err := amqp.Dial(ctx, amqp.Config{URL: os.Getenv("ACTOR_BROKER")})
	if err != nil {
		return err
	}
	defer transport.Close()
	actor.SetDefault(actor.NewClient(transport, actor.ClientConfig{}))
	cents, err := ask(ctx, parcel)
	if err != nil {
		return err
	}
	fmt.Println(cents, "cents")
	return nil
}
