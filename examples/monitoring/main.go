// Command monitoring is a worker with a main of its own that shows Prometheus what it
// does. It sends itself tasks, of which some are retried and some dead-lettered, so
// that there is something to see.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/actorgen/actorgen/examples/quickstart/tasks"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/metrics"
)

func main() {
	broker := flag.String("broker", os.Getenv("ACTOR_BROKER"), "URL of the RabbitMQ broker (default the one on this machine)")
	address := flag.String("listen", "127.0.0.1:9394", "where /metrics is served")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *broker, *address); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, broker, address string) error {
	transport, err := amqp.Dial(ctx, amqp.Config{URL: broker})
	if err != nil {
		return err
	}
	defer transport.Close()

	m := metrics.New("default", transport)
	prometheus.MustRegister(m, m.Queues()) // the depths of its queues are wanted, too
	client := actor.NewClient(transport, m.Client(actor.ClientConfig{}))
	worker := actor.NewWorker(client, m.Worker(actor.WorkerConfig{}), tasks.Actors())
	m.Watch(worker)

	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	defer listener.Close()
	http.Handle("GET /metrics", promhttp.Handler())
	go http.Serve(listener, nil) // ends with the listener
	log.Println("metrics at http://" + listener.Addr().String() + "/metrics")

	go send(actor.NewContext(ctx, client))
	return worker.Run(ctx)
}

// send sends tasks every second until ctx ends.
func send(ctx context.Context) {
	every := time.NewTicker(time.Second)
	defer every.Stop()
	for n := 0; ; n++ {
		err := errors.Join(
			tasks.Greet.Send(ctx, "Ada"),
			tasks.ChargeCard.Send(ctx, tasks.Order{ID: n, Cents: 100}),
			tasks.ImportFile.Send(ctx, "no such file"),
		)
		if err != nil && ctx.Err() == nil {
			log.Println(err)
		}
		select {
		case <-every.C:
		case <-ctx.Done():
			return
		}
	}
}
