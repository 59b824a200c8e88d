// Package tasks holds tasks that must not be lost, one that waits, and one that
// may be lost.
package tasks

import (
	"context"
	"errors"
)

//go:generate go tool actorgen .

//actor:queue guarantees-events type=classic max-length=100000 overflow=drop-head

// chargePayment is confirmed by a quorum of the broker's nodes: nobody set
// anything else.
//
//actor:task queue=guarantees-payments
func chargePayment(ctx context.Context, payment string, cents int64) error { return nil }

// remindOfPayment waits on the broker until it is due, a day at most.
//
//actor:task queue=guarantees-payments max-delay=24h
func remindOfPayment(ctx context.Context, payment string) error { return nil }

// shipOrder must happen. A Send of it bridges the restart of a broker, and what
// fails is tried again for months.
//
//actor:task queue=guarantees-orders confirm-timeout=30s max-retries=30
func shipOrder(ctx context.Context, order string) error { return nil }

// quote is called, and waited for.
//
//actor:task queue=guarantees-quotes timeout=5s
func quote(ctx context.Context, items int) (cents int64, err error) {
	if items < 1 {
		return 0, errors.New("no items")
	}
	return int64(items) * 995, nil
}

// trackEvent goes to a broker of its own and is sent without waiting: an event
// that is lost in a crash is not missed.
//
//actor:task queue=guarantees-events broker=analytics confirm=false persistent=false ack=async max-retries=0
func trackEvent(ctx context.Context, name string) error { return nil }
