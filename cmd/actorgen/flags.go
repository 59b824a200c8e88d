package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/actorgen/actorgen/generator"
	"github.com/actorgen/actorgen/generator/suggest"
)

// settings are what the arguments of a command that reads a module say.
type settings struct {
	generator.Config
	// asJSON says that problems, or actors, are printed as JSON.
	asJSON bool
}

// withOutput defines the flags of what writes or compares generated files.
func (s *settings) withOutput(flags *flag.FlagSet) {
	flags.Func("main", "", func(dir string) error {
		if dir == "" {
			return errors.New("it names no directory (the working directory is .)")
		}
		s.Main = dir
		return nil
	})
	flags.Func("stubs", "", func(dir string) error {
		if dir == "" {
			return errors.New("it names no directory (leave out the flag to keep stubs beside their functions)")
		}
		s.Stubs = dir
		return nil
	})
	s.withJSON(flags)
}

func (s *settings) withJSON(flags *flag.FlagSet) { flags.BoolVar(&s.asJSON, "json", false, "") }

// errHelp says that the usage was asked for and shown.
var errHelp = errors.New("help")

// parse reads the flags of a command, which define adds and text explains, and
// returns the other arguments.
func parse(command, text string, args []string, stdout io.Writer, define func(*flag.FlagSet)) ([]string, error) {
	flags := flag.NewFlagSet(command, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	define(flags)
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, text)
		return nil, errHelp
	case err != nil:
		return nil, misused(command, flags, args[:len(args)-flags.NArg()], err)
	}
	for _, arg := range flags.Args() {
		if strings.HasPrefix(arg, "-") {
			return nil, fmt.Errorf("flag %s stands behind another argument (flags come first)", arg)
		}
	}
	return flags.Args(), nil
}

// misused explains the error of a flag: an unknown one may be meant otherwise.
// args are those that were read before it was found.
func misused(command string, flags *flag.FlagSet, args []string, err error) error {
	hint := strings.TrimSpace("actorgen "+command) + " -h shows the usage"
	name := ""
	if len(args) > 0 && strings.HasPrefix(args[len(args)-1], "-") {
		name, _, _ = strings.Cut(strings.TrimLeft(args[len(args)-1], "-"), "=")
	}
	if name == "" || flags.Lookup(name) != nil {
		return fmt.Errorf("%w (%s)", err, hint)
	}
	var known []string
	flags.VisitAll(func(f *flag.Flag) { known = append(known, "-"+f.Name) })
	if slices.Contains(names(), name) {
		hint = "did you mean actorgen " + name + "?"
	} else if near := suggest.Hint("-"+name, known); near != "" {
		hint = near
	}
	return fmt.Errorf("unknown flag -%s (%s)", name, hint)
}

// run parses the arguments of a command and runs the generator. The code is
// valid where done says that there is nothing more to do.
func (s *settings) run(ctx context.Context, command, text string, args []string, stdout, stderr io.Writer, define func(*flag.FlagSet)) (r generator.Result, code int, done bool) {
	patterns, err := parse(command, text, args, stdout, define)
	if errors.Is(err, errHelp) {
		return r, exitDone, true
	}
	if err != nil {
		return r, fail(stderr, err), true
	}
	s.Patterns = patterns
	if s.Dir, err = os.Getwd(); err != nil {
		return r, fail(stderr, err), true
	}
	r, err = generator.Run(ctx, s.Config)
	if err != nil {
		return r, fail(stderr, suspect(patterns, err)), true
	}
	return r, exitDone, false
}

// suspect takes the first pattern of a run that failed for a misspelt command,
// if it looks like one.
func suspect(patterns []string, err error) error {
	if len(patterns) > 0 {
		if hint := suggest.Hint(patterns[0], names()); hint != "" {
			return fmt.Errorf("%w (%s)", err, hint)
		}
	}
	return err
}

func names() []string {
	var names []string
	for _, c := range commands() {
		names = append(names, c.name)
	}
	return names
}
