package workercmd

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/version"
)

// surroundings are what the worker touches of its process.
type surroundings struct {
	name           string
	args           []string
	getenv         func(string) string
	stdout, stderr io.Writer
	// exit ends the process while what runs in it still does.
	exit func(code int)
}

// process is a worker from its start to its end.
type process struct {
	surroundings
	settings settings
	logger   *slog.Logger

	// ctx is what receivers are made with, draining ends at the first signal.
	ctx, draining context.Context
	cancel, drain context.CancelFunc
	deferred      []func(context.Context) error
	configure     []func(*Broker)
	health        *health // nil where nobody asks

	left chan struct{} // closed at the end

	mu    sync.Mutex // guards the fields below
	begun bool       // what comes before Main is over
	told  time.Time  // when the first signal came
}

func newProcess(s surroundings) *process {
	p := &process{surroundings: s, left: make(chan struct{})}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.draining, p.drain = context.WithCancel(context.Background())
	return p
}

// start reads the flags and heeds signals from then on. Where they leave nothing
// to run it returns the exit code.
func (p *process) start(signals <-chan os.Signal) (code int, ok bool) {
	var err error
	p.settings, err = parse(p.args, p.getenv)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(p.stdout, help, p.name)
		return exitDrained, false
	}
	if err != nil {
		return p.refuse(err), false
	}
	if p.settings.version {
		fmt.Fprintln(p.stdout, version.Line(p.name))
		return exitDrained, false
	}
	p.logger = p.settings.logger(p.stderr)
	slog.SetDefault(p.logger)
	if p.settings.metrics != "" {
		if p.health, err = serveHealth(p.settings.metrics, p.logger); err != nil {
			p.logger.Error("worker failed", "error", err)
			return exitFailed, false
		}
	}
	go p.heed(signals)
	return 0, true
}

func (p *process) refuse(err error) int {
	fmt.Fprintf(p.stderr, "%s: %v\nrun %s -h for help\n", p.name, err, p.name)
	return exitUsage
}

// run returns the exit code.
func (p *process) run(tables []actor.Table) int {
	posts, err := assign(p.settings, tables)
	if err != nil {
		return p.refuse(err)
	}
	p.begin()
	if p.draining.Err() != nil {
		return exitDrained // told to end before it began
	}
	if err := p.work(posts); err != nil {
		p.logger.Error("worker failed", "error", err)
		return exitFailed
	}
	return exitDrained
}

// fail returns the exit code of a worker that could not begin. The end of its
// context is what it was told, and no failure.
func (p *process) fail(err error) int {
	p.begin()
	if errors.Is(err, context.Canceled) && p.draining.Err() != nil {
		return exitDrained
	}
	p.logger.Error("worker failed", "error", err)
	return exitFailed
}

// leave calls what was deferred and returns the exit code of the process.
func (p *process) leave(code int) int {
	if err := p.release(); err != nil {
		p.logger.Error("worker failed to close", "error", err)
		code = max(code, exitFailed)
	}
	p.health.close()
	p.drain()
	p.cancel()
	close(p.left)
	return code
}
