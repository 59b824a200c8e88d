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
		debug.SetGCPercent(400) // the process is short: collecting costs more than it frees
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// subcommands are what the first argument can be, if it is no pattern.
var subcommands = []string{"check", "lock", "list", "help", "version"}

// run dispatches to the subcommands; what is none is a pattern.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 {
		switch args[0] {
		case "check":
			return check(ctx, args[1:], stdout, stderr)
		case "lock":
			return lock(ctx, args[1:], stdout, stderr)
		case "list":
			return list(ctx, args[1:], stdout, stderr)
		case "help":
			return help(args[1:], stdout, stderr)
		case "version":
			return version(args[1:], stdout, stderr)
		}
	}
	return generate(ctx, args, stdout, stderr)
}

// fail prints an error of usage or environment.
func fail(stderr io.Writer, err error) int {
	fmt.Fprintf(stderr, "actorgen: %v\n", err)
	return exitUsage
}
