// Package tasks holds the task that the benchmarks send.
package tasks

import "context"

//go:generate go tool actorgen .

// note takes some text.
//
//actor:task queue=actorgen-bench
func note(ctx context.Context, text string) error { return nil }
