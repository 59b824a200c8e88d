package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	build "github.com/actorgen/actorgen/runtime/version"
)

// version prints what the command was built from.
func version(_ context.Context, args []string, stdout, stderr io.Writer) int {
	args, err := parse("version", usage, args, stdout, func(*flag.FlagSet) {})
	if errors.Is(err, errHelp) {
		return exitDone
	}
	if err == nil && len(args) > 0 {
		err = errors.New("version takes no arguments")
	}
	if err != nil {
		return fail(stderr, err)
	}
	fmt.Fprintln(stdout, build.Line("actorgen"))
	return exitDone
}
