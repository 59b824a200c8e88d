package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/actorgen/actorgen/generator"
	"github.com/actorgen/actorgen/generator/output"
)

// errHelp says that the usage was asked for and shown.
var errHelp = errors.New("help")

// parse reads flags and patterns. Further flags are added by define.
func parse(args []string, stdout io.Writer, define func(*flag.FlagSet)) (generator.Config, error) {
	var c generator.Config
	flags := flag.NewFlagSet("actorgen", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&c.Main, "main", "", "")
	if define != nil {
		define(flags)
	}
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, usage)
		return c, errHelp
	case err != nil:
		return c, fmt.Errorf("%w (actorgen -h shows the usage)", err)
	}
	c.Patterns = flags.Args()
	for _, pattern := range c.Patterns {
		if strings.HasPrefix(pattern, "-") {
			return c, fmt.Errorf("flag %s stands behind a pattern (flags come first)", pattern)
		}
	}
	c.Dir, err = os.Getwd()
	return c, err
}

// load parses the arguments and runs the generator. The code is valid where
// done says that there is nothing more to do.
func load(ctx context.Context, args []string, stdout, stderr io.Writer, define func(*flag.FlagSet)) (c generator.Config, r generator.Result, code int, done bool) {
	c, err := parse(args, stdout, define)
	if errors.Is(err, errHelp) {
		return c, r, exitDone, true
	}
	if err != nil {
		return c, r, fail(stderr, err), true
	}
	r, err = generator.Run(ctx, c)
	if err != nil {
		return c, r, fail(stderr, err), true
	}
	for _, d := range r.Diagnostics {
		fmt.Fprintln(stderr, d)
	}
	return c, r, exitFound, len(r.Diagnostics) > 0
}

// generate writes the generated files of the matched packages.
func generate(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	_, result, code, done := load(ctx, args, stdout, stderr, nil)
	if done {
		return code
	}
	if err := output.Write(result.Files); err != nil {
		return fail(stderr, err)
	}
	return exitDone
}

// check shows what generate would change.
func check(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	c, result, code, done := load(ctx, args, stdout, stderr, nil)
	if done {
		return code
	}
	diff, err := output.Diff(c.Dir, result.Files)
	if err != nil {
		return fail(stderr, err)
	}
	if diff == "" {
		return exitDone
	}
	fmt.Fprint(stdout, diff)
	fmt.Fprintln(stderr, "actorgen: generated files are stale (run actorgen)")
	return exitFound
}
