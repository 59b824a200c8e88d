// Package workercmd is the main function of generated workers: flags with
// environment fallbacks, connections, signals, health checks and exit codes
// around [actor.Worker]. A worker that needs more has a main of its own.
package workercmd

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/actorgen/actorgen/runtime/actor"
)

// The exit codes.
const (
	exitDrained = 0
	exitFailed  = 1 // or forced to end
	exitUsage   = 2
)

// Main runs a worker for the actors of the tables until SIGINT or SIGTERM, and
// ends the process: with 0 when it drained, 1 when it was forced to end or
// failed, 2 when a flag is wrong. It sets the default logger of package slog,
// and registers the client of every broker, so that tasks can send tasks.
func Main(tables ...actor.Table) {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	p := process{
		name:   filepath.Base(os.Args[0]),
		args:   os.Args[1:],
		getenv: os.Getenv,
		stdout: os.Stdout,
		stderr: os.Stderr,
	}
	os.Exit(p.run(signals, tables))
}

// process is what the worker touches of its process.
type process struct {
	name           string
	args           []string
	getenv         func(string) string
	stdout, stderr io.Writer
}

// run returns the exit code. After a second signal it returns while tasks
// still run.
func (p process) run(signals <-chan os.Signal, tables []actor.Table) int {
	s, err := parse(p.args, p.getenv)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(p.stdout, help, p.name)
		return exitDrained
	}
	if err != nil {
		return p.refuse(err)
	}
	posts, err := assign(s, tables)
	if err != nil {
		return p.refuse(err)
	}
	logger := s.logger(p.stderr)
	slog.SetDefault(logger)

	ctx, drain := context.WithCancel(context.Background())
	defer drain()
	ended := make(chan error, 1)
	go func() { ended <- work(ctx, s, posts, logger) }()
	for {
		select {
		case err := <-ended:
			if err != nil {
				logger.Error("worker failed", "error", err)
				return exitFailed
			}
			return exitDrained
		case received := <-signals:
			if ctx.Err() != nil {
				logger.Error("second signal, quitting at once; unfinished tasks will run again", "signal", received.String())
				return exitFailed
			}
			logger.Info("draining, a second signal quits at once", "signal", received.String())
			drain()
		}
	}
}

func (p process) refuse(err error) int {
	fmt.Fprintf(p.stderr, "%s: %v\nrun %s -h for help\n", p.name, err, p.name)
	return exitUsage
}
