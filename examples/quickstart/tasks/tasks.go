// Package tasks holds the background tasks of the quickstart: ordinary
// functions, each with an annotation. Everything in actors_gen.go comes from
// them.
package tasks

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/actorgen/actorgen/runtime/actor"
)

//go:generate go tool actorgen -main ../worker .

// greet says hello.
//
//actor:task queue=quickstart
func greet(ctx context.Context, name string) error {
	fmt.Printf("greet %s\n", name)
	return nil
}

// Order is an argument of a task: any struct with exported fields is.
type Order struct {
	ID    int
	Items []string
	Cents int64
}

// chargeCard meets a card terminal that is busy twice. The worker runs it again
// until it succeeds.
//
//actor:task queue=quickstart max-retries=5 min-backoff=300ms max-backoff=1s
func chargeCard(ctx context.Context, order Order) error {
	facts, _ := actor.DeliveryFacts(ctx)
	if facts.Attempt < 2 {
		fmt.Printf("chargeCard %d: terminal busy\n", order.ID)
		return errors.New("terminal busy")
	}
	fmt.Printf("chargeCard %d: %d cents for %d items\n", order.ID, order.Cents, len(order.Items))
	return nil
}

// importFile reads a file. When the file never appears, the task ends in the
// dead-letter queue, where nothing is lost.
//
//actor:task queue=quickstart max-retries=1 min-backoff=300ms max-backoff=1s
func importFile(ctx context.Context, path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		fmt.Printf("importFile: %v\n", err)
		return err
	}
	fmt.Printf("importFile %s: %d bytes\n", path, len(data))
	return nil
}
