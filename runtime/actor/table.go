package actor

import "context"

// Table says which functions a worker runs. Generated code makes one for each
// package, with its function Actors.
type Table []Entry

// Entry is one actor of a table.
type Entry struct {
	Definition *Definition
	// Bind decodes the arguments of a message and returns the call that is
	// ready to run. Its error is a *DecodeError.
	Bind func(Message) (Task, error)
}

// Task is an actor's function with its arguments.
type Task func(ctx context.Context) error
