// Command actorctl shows and sets up what actors need on their brokers, looks at
// their dead letters and puts them back, and sends tasks.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

// The exit codes.
const (
	exitDone = 0
	// exitFailed: something could not be done or found out.
	exitFailed = 1
	exitUsage  = 2
	// exitDiffers: all went well, and not everything is as it ought to be.
	exitDiffers = 3
)

// process is what the command touches of its process.
type process struct {
	getenv         func(string) string
	stdin          io.Reader
	stdout, stderr io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	code := process{os.Getenv, os.Stdin, os.Stdout, os.Stderr}.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// commands are what the arguments may begin with.
var commands = []struct {
	words string
	run   func(p process, ctx context.Context, args []string) int
}{
	{"topology plan", process.plan},
	{"topology apply", process.apply},
	{"topology export", process.export},
	{"topology permissions", process.permissions},
	{"queues", process.queues},
	{"dead list", process.deadList},
	{"dead show", process.deadShow},
	{"dead requeue", process.deadRequeue},
	{"dead purge", process.deadPurge},
	{"send", process.send},
	{"help", process.help},
	{"version", process.version},
}

// run dispatches to the commands.
func (p process) run(ctx context.Context, args []string) int {
	for _, c := range commands {
		words := strings.Fields(c.words)
		if len(args) >= len(words) && strings.Join(args[:len(words)], " ") == c.words {
			return c.run(p, ctx, args[len(words):])
		}
	}
	switch {
	case len(args) == 0:
		fmt.Fprint(p.stderr, usage)
		return exitUsage
	case args[0] == "-version" || args[0] == "--version":
		return p.version(ctx, args[1:])
	case isHelp(args[0]):
		fmt.Fprint(p.stdout, usage)
		return exitDone
	case args[0] == "topology":
		if len(args) > 1 && isHelp(args[1]) {
			fmt.Fprint(p.stdout, topologyUsage)
			return exitDone
		}
		return p.misused("topology wants plan, apply, export or permissions", "topology")
	}
	if args[0] == "dead" {
		if len(args) > 1 && isHelp(args[1]) {
			fmt.Fprint(p.stdout, deadUsage)
			return exitDone
		}
		return p.misused("dead wants list, show, requeue or purge", "dead")
	}
	return p.misused(fmt.Sprintf("unknown command %q", args[0]), "")
}

func isHelp(arg string) bool {
	switch arg {
	case "-h", "-help", "--help":
		return true
	}
	return false
}

// usage reports flags that cannot be read, unless help was asked for.
func (p process) usage(err error, text, topic string) int {
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(p.stdout, text)
		return exitDone
	}
	return p.misused(err.Error(), topic)
}

// misused reports wrong usage; topic is what there is more help on.
func (p process) misused(problem, topic string) int {
	fmt.Fprintf(p.stderr, "actorctl: %s\nrun %s for help\n", problem, strings.TrimSpace("actorctl help "+topic))
	return exitUsage
}

// failed reports an error.
func (p process) failed(err error) int {
	fmt.Fprintf(p.stderr, "actorctl: %v\n", err)
	return exitFailed
}
