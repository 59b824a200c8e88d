// Command wire sends a task as a program in any language does: with a client of
// AMQP 0-9-1 and nothing of ours. The page docs/wire.md explains it.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

func main() {
	delay := flag.Duration("delay", 0, "how long the broker holds the task")
	name := flag.String("name", "ada", "whom to greet")
	prefix := flag.String("prefix", "", "QueuePrefix of the workers")
	flag.Parse()
	url := cmp.Or(os.Getenv("ACTOR_BROKER"), "amqp://guest:guest@127.0.0.1:5672/")
	if err := run(url, *prefix, *name, *delay); err != nil {
		fmt.Fprintln(os.Stderr, "wire:", err)
		os.Exit(1)
	}
}

func run(url, prefix, name string, delay time.Duration) error {
	connection, err := amqp.Dial(url)
	if err != nil {
		return err
	}
	defer connection.Close()
	b := broker{connection: connection, prefix: prefix}
	if err := b.declare("quickstart", levelsFor(168*time.Hour)); err != nil {
		return err
	}
	return b.publish("quickstart", greet(name), delay)
}
