package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime/debug"
)

// devel is the version of a build from a checkout.
const devel = "(devel)"

// version prints the version of the module that the command was built from.
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
	fmt.Fprintln(stdout, "actorgen", ownVersion())
	return exitDone
}

func ownVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return devel
}
