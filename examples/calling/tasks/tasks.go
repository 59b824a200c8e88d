// Package tasks has a task with a result, which a caller waits for.
package tasks

import (
	"context"
	"fmt"
)

//go:generate go tool actorgen -main ../worker .

// Parcel is what a price is asked for.
type Parcel struct {
	Kilos   int
	Express bool
}

// price returns cents. It changes nothing, so it may run twice: once for a caller
// whose reply was lost, and again when that caller asks once more.
//
//actor:task queue=calling-prices timeout=5s
func price(ctx context.Context, p Parcel) (int64, error) {
	if p.Kilos < 1 || p.Kilos > 30 {
		return 0, fmt.Errorf("no parcel has %d kg, 1 to 30 are allowed", p.Kilos)
	}
	cents := 400 + 50*int64(p.Kilos)
	if p.Express {
		cents *= 2
	}
	return cents, nil
}
