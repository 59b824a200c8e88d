// Command reminders books appointments, moves one and cancels one, and reports every
// few seconds, until it is interrupted. Client and worker share the process.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/actorgen/actorgen/examples/reminders/tasks"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/memory"
)

func main() {
	broker := flag.String("broker", "", "`URL` of a RabbitMQ broker (default: the in-memory broker)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *broker); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, broker string) error {
	slog.SetLogLoggerLevel(slog.LevelWarn)
	transport, err := open(ctx, broker)
	if err != nil {
		return err
	}
	defer transport.Close()
	client := actor.NewClient(transport, actor.ClientConfig{})
	actor.SetDefault(client)

	calendar := tasks.NewCalendar(func(text string) { fmt.Println(time.Now().Format(time.TimeOnly), text) })
	if err := book(ctx, calendar); err != nil {
		return err
	}
	if err := tasks.StartReports(ctx, 3*time.Second); err != nil {
		return err
	}
	fmt.Println("booked; Ctrl-C ends this")
	return actor.NewWorker(client, actor.WorkerConfig{}, tasks.Actors(calendar)).Run(ctx)
}

func open(ctx context.Context, broker string) (actor.Transport, error) {
	if broker == "" {
		return memory.New(memory.Config{}), nil
	}
	return amqp.Dial(ctx, amqp.Config{URL: broker})
}

// book makes three appointments, of which the reminders of two are due in two seconds:
// one was cancelled, one was moved to later.
func book(ctx context.Context, calendar *tasks.Calendar) error {
	const ahead = 30 * time.Minute
	soon := time.Now().Add(ahead + 2*time.Second)
	for _, a := range []struct {
		name string
		at   time.Time
	}{
		{"dentist", soon},
		{"haircut", soon},
		{"exam", soon},
		{"exam", soon.Add(2 * time.Second)}, // moved
	} {
		if err := calendar.Book(ctx, a.name, a.at, ahead); err != nil {
			return fmt.Errorf("book %s: %w", a.name, err)
		}
	}
	calendar.Cancel("haircut")
	return nil
}
