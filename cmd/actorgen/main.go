// Command actorgen turns functions annotated with //actor:task into typed,
// durable background tasks: it writes actors_gen.go beside them.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
)

// The exit codes.
const (
	exitDone = 0
	// exitFound: the source has problems, or generated files are stale.
	exitFound = 1
	// exitUsage: wrong usage, or an environment that cannot be worked in.
	exitUsage = 2
)

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(800) // the process is short: collecting costs more than it frees
	}
	if isVettool(os.Args[1:]) {
		vettool()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// command is what the first argument can name.
type command struct {
	name string
	run  func(ctx context.Context, args []string, stdout, stderr io.Writer) int
	// help is what -h prints.
	help string
}

func commands() []command {
	return []command{
		{"check", check, checkHelp},
		{"help", help, usage},
		{"init", initProject, initHelp},
		{"list", list, listHelp},
		{"lock", lock, lockHelp},
		{"version", version, usage},
		{"vet", vetModule, vetHelp},
	}
}

// run dispatches to the commands; what is none is a pattern.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 {
		for _, c := range commands() {
			if c.name == args[0] {
				return c.run(ctx, args[1:], stdout, stderr)
			}
		}
		if args[0] == "-version" || args[0] == "--version" {
			return version(ctx, args[1:], stdout, stderr)
		}
	}
	return generate(ctx, args, stdout, stderr)
}

// fail prints an error of usage or environment.
func fail(stderr io.Writer, err error) int {
	fmt.Fprintf(stderr, "actorgen: %v\n", err)
	return exitUsage
}
