// Package workercmd is the main function of generated workers: flags with
// environment fallbacks, connections, signals, health checks and exit codes
// around [actor.Worker]. A worker that needs more has a main of its own.
//
// Where actors are methods, their receivers are made between [Start] and [Main]:
//
//	ctx := workercmd.Start()
//
//	mailer, err := tasks.NewMailer(ctx)
//	if err != nil {
//		workercmd.Fail(fmt.Errorf("construct tasks.Mailer: %w", err))
//	}
//	workercmd.Defer(mailer.Close)
//
//	workercmd.Main(tasks.Actors(mailer))
package workercmd

import (
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/actorgen/actorgen/runtime/actor"
)

// The exit codes.
const (
	exitDrained = 0
	exitFailed  = 1 // or forced to end
	exitUsage   = 2
)

// Main runs a worker for the actors of the tables until SIGINT or SIGTERM, calls
// what was deferred, and ends the process: with 0 when it drained, 1 when it was
// forced to end or failed, 2 when a flag is wrong. It sets the default logger of
// package slog, and registers the client of every broker, so that tasks can send
// tasks.
func Main(tables ...actor.Table) {
	p := started()
	os.Exit(p.leave(p.run(tables)))
}

// Start reads the flags and begins to heed signals, which Main does by itself
// where nothing has to be made before. It ends the process if a flag is wrong, or
// asks for help. The context is for making receivers: it ends with a signal that
// comes before Main, and is good for as long as the process lives after that, so
// that receivers may keep it. A receiver that is not made within the drain timeout
// after such a signal is not waited for.
func Start() context.Context { return started().ctx }

// Fail ends the process because of an error that leaves Main nothing to run: it
// logs the error, calls what was deferred, and exits with 1. An error that only
// says that the context of [Start] was cancelled is none: the process was told to
// end, and exits with 0.
func Fail(err error) {
	p := started()
	os.Exit(p.leave(p.fail(err)))
}

// Defer has f called before the process ends, when its tasks have and the brokers
// are disconnected; what was deferred last is called first. Deferred statements of
// the caller are not, because Main does not return. All together get what is left
// of the drain timeout and the three seconds behind it, which is when their
// context ends; an error, or more time than that, makes the exit code 1. A second
// signal ends the process without them. Defer must not be called concurrently, or
// by what is deferred.
func Defer[F func() | func() error | func(context.Context) error](f F) {
	p := started()
	p.deferred = append(p.deferred, withContext(f))
}

// started is the one worker that a process can be.
var started = sync.OnceValue(func() *process {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	p := newProcess(surroundings{
		name:   filepath.Base(os.Args[0]),
		args:   os.Args[1:],
		getenv: os.Getenv,
		stdout: os.Stdout,
		stderr: os.Stderr,
		exit:   os.Exit,
	})
	if code, ok := p.start(signals); !ok {
		os.Exit(code)
	}
	return p
})
