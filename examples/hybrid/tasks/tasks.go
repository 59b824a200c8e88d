// Package tasks has a task that must not be lost and one that may be, each on a
// broker of its own.
package tasks

import (
	"context"
	"fmt"
)

//go:generate go tool actorgen -main ../worker .

//actor:queue hybrid-clicks type=classic max-length=100000 overflow=drop-head

// capturePayment has all the defaults, which are the safe ones: the message goes to a
// quorum queue, Send returns when it is confirmed, an unroutable one is an error, and
// the worker's slot waits for its acknowledgement.
//
//actor:task queue=hybrid-payments max-retries=50
func capturePayment(ctx context.Context, payment string, cents int64) error {
	fmt.Printf("payment %s: %d cents\n", payment, cents)
	return nil
}

// countClick has none of that: Send returns when the message is written, waits 100 ms
// at most for a broker that is away, and a crash anywhere may lose it.
//
//actor:task queue=hybrid-clicks broker=analytics confirm=false confirm-timeout=100ms
//actor:task persistent=false mandatory=false ack=none max-retries=0
func countClick(ctx context.Context, page string) error {
	fmt.Println("click", page)
	return nil
}
