package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/actorgen/actorgen/generator/option"
	"github.com/actorgen/actorgen/generator/suggest"
)

// help prints the usage, that of a command, or the option table.
func help(_ context.Context, args []string, stdout, stderr io.Writer) int {
	args, err := parse("help", usage, args, stdout, func(*flag.FlagSet) {})
	switch {
	case errors.Is(err, errHelp):
		return exitDone
	case err != nil:
		return fail(stderr, err)
	case len(args) == 0:
		fmt.Fprint(stdout, usage)
		return exitDone
	case len(args) == 1 && args[0] == "options":
		options(stdout)
		return exitDone
	}
	topic := strings.Join(args, " ")
	for _, c := range commands() {
		if c.name == topic {
			fmt.Fprint(stdout, c.help)
			return exitDone
		}
	}
	topics := append(names(), "options")
	hint := suggest.Hint(topic, topics)
	if hint == "" {
		hint = "there is help on " + strings.Join(topics, ", ")
	}
	return fail(stderr, fmt.Errorf("no help on %q (%s)", topic, hint))
}

// options prints the option table.
func options(stdout io.Writer) {
	fmt.Fprint(stdout, `//actor:task key=value …        in the doc comment of a function or method: an actor
//actor:defaults key=value …    in a package's doc comment: defaults for its actors

`)
	printScope(stdout, option.Task)
	fmt.Fprint(stdout, `
//actor:queue NAME key=value …  in a package's doc comment, or on its own: a queue

`)
	printScope(stdout, option.Queue)
	fmt.Fprint(stdout, `
//actor:new                     in the doc comment of a function: it makes receivers

Several lines add up. A value with spaces is quoted with its key: "queue=my queue".
What a task's annotation leaves out is taken from //actor:defaults, then from the
client's ClientConfig, then from this table. docs/annotations.md says more.
`)
}

// printScope prints the keys of a scope, each with its meaning, what may be
// written, and its default.
func printScope(stdout io.Writer, scope option.Scope) {
	width := 0
	for _, key := range option.Keys(scope) {
		width = max(width, len(key))
	}
	for _, o := range option.Table {
		if o.Scope == scope {
			fmt.Fprintf(stdout, "  %-*s  %s\n", width, o.Key, o.Meaning)
			fmt.Fprintf(stdout, "  %*s  %s; default %s\n", width, "", o.Kind.Syntax, o.Default)
		}
	}
}
