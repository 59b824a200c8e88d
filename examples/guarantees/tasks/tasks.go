// Package tasks holds a task that must not be lost, one that waits, and one that
// may be lost.
package tasks

import "context"

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

// trackEvent goes to a broker of its own and is sent without waiting: an event
// that is lost in a crash is not missed.
//
//actor:task queue=guarantees-events broker=analytics confirm=false persistent=false
func trackEvent(ctx context.Context, name string) error { return nil }
