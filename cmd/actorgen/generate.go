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
	"github.com/actorgen/actorgen/generator/suggest"
)

// errHelp says that the usage was asked for and shown.
var errHelp = errors.New("help")

// withMain defines -main for the subcommands that may write a worker.
func withMain(c *generator.Config, flags *flag.FlagSet) {
	flags.Func("main", "", func(dir string) error {
		if dir == "" {
			return errors.New("it names no directory (the working directory is .)")
		}
		c.Main = dir
		return nil
	})
}

// parse reads the flags, which define adds and text explains, and patterns.
func parse(args []string, text string, stdout io.Writer, define func(*generator.Config, *flag.FlagSet)) (generator.Config, error) {
	var c generator.Config
	flags := flag.NewFlagSet("actorgen", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	define(&c, flags)
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, text)
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

// load parses the arguments, which text explains, and runs the generator. The code is valid where
// done says that there is nothing more to do.
func load(ctx context.Context, args []string, text string, stdout, stderr io.Writer, define func(*generator.Config, *flag.FlagSet)) (c generator.Config, r generator.Result, code int, done bool) {
	c, err := parse(args, text, stdout, define)
	if errors.Is(err, errHelp) {
		return c, r, exitDone, true
	}
	if err != nil {
		return c, r, fail(stderr, err), true
	}
	r, err = generator.Run(ctx, c)
	if err != nil {
		return c, r, fail(stderr, suspect(c.Patterns, err)), true
	}
	for _, d := range r.Diagnostics {
		fmt.Fprintln(stderr, d)
	}
	return c, r, exitFound, len(r.Diagnostics) > 0
}

// suspect takes the first pattern of a run that failed for a misspelt subcommand,
// if it looks like one.
func suspect(patterns []string, err error) error {
	if len(patterns) > 0 {
		if hint := suggest.Hint(patterns[0], subcommands); hint != "" {
			return fmt.Errorf("%w (%s)", err, hint)
		}
	}
	return err
}

// generate writes the generated files of the matched packages.
func generate(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	_, result, code, done := load(ctx, args, usage, stdout, stderr, withMain)
	if done {
		return code
	}
	if err := output.Write(result.Files); err != nil {
		return fail(stderr, err)
	}
	return exitDone
}

// check shows what generate and, where there is a lock, lock would change.
func check(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	c, result, code, done := load(ctx, args, usage, stdout, stderr, withMain)
	if done {
		return code
	}
	diff, err := output.Diff(c.Dir, result.Files)
	if err != nil {
		return fail(stderr, err)
	}
	if diff != "" {
		code = exitFound
		fmt.Fprint(stdout, diff)
		fmt.Fprintln(stderr, "actorgen: generated files are stale (run actorgen)")
	} else {
		code = exitDone
	}
	return max(code, checkLock(c, result, stdout, stderr))
}
