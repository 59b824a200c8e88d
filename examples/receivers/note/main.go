// Command note sends each of its arguments to the journal.
package main

import (
	"context"
	"log"
	"os"
	"time"

	"github.com/actorgen/actorgen/examples/receivers/tasks"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := send(ctx, os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func send(ctx context.Context, notes []string) error {
	transport, err := amqp.Dial(ctx, amqp.Config{URL: os.Getenv("ACTOR_BROKER")})
	if err != nil {
		return err
	}
	defer transport.Close()
	messages := make([]actor.Message, len(notes))
	for i, note := range notes {
		if messages[i], err = tasks.JournalNote.Message(note); err != nil {
			return err
		}
	}
	return actor.NewClient(transport, actor.ClientConfig{}).Publish(ctx, messages...)
}
