package main

import (
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/actorgen/actorgen/generator/option"
)

const usage = `actorgen writes the stubs of functions annotated with //actor:task.

usage: actorgen [-main DIR] [patterns]          write the generated files
       actorgen check [-main DIR] [patterns]    show what is stale, write nothing
       actorgen list [-json] [patterns]         print every actor
       actorgen help options                    explain all keys of the annotations
       actorgen version

Patterns name packages as for the go command and narrow what is written; without
any, the whole main module is. actors_gen.go appears beside the annotated source.

  -main DIR   also write DIR/main.go, a worker that runs the actors; DIR is
              relative to the working directory

Exit codes: 0 done, 1 problems in the source or stale files, 2 wrong usage or
environment.

	package tasks

	//go:generate go tool actorgen

	// sendEmail delivers one message.
	//
	//actor:task queue=emails max-retries=5 timeout=30s
	func sendEmail(ctx context.Context, addr string) error { … }

	// elsewhere: err := tasks.SendEmail.Send(ctx, "ada@example.com")
`

// help prints the usage or explains the options.
func help(args []string, stdout, stderr io.Writer) int {
	switch {
	case len(args) == 0, len(args) == 1 && slices.Contains(subcommands, args[0]):
		fmt.Fprint(stdout, usage)
		return exitDone
	case len(args) == 1 && args[0] == "options":
		options(stdout)
		return exitDone
	}
	return fail(stderr, fmt.Errorf("no help on %q (help options explains the keys)", strings.Join(args, " ")))
}

// options prints the option table.
func options(stdout io.Writer) {
	fmt.Fprint(stdout, "//actor:task key=value …           on a function or method, in its doc comment\n"+
		"//actor:defaults key=value …       in the package's doc comment: defaults for its actors\n\n")
	printScope(stdout, option.Task)
	fmt.Fprint(stdout, "\n//actor:queue NAME key=value …     in the package's doc comment or on its own: describes a queue\n\n")
	printScope(stdout, option.Queue)
	fmt.Fprint(stdout, "\nSeveral lines add up. A value with spaces is quoted with its key: \"queue=my queue\".\n")
}

func printScope(stdout io.Writer, scope option.Scope) {
	w := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	for _, o := range option.Table {
		if o.Scope == scope {
			fmt.Fprintf(w, "  %s\t%s (default %s)\n  \t  %s\n", o.Key, o.Meaning, o.Default, o.Kind.Syntax)
		}
	}
	w.Flush()
}

// version prints the version of the module that the command was built from.
func version(args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 {
		return fail(stderr, fmt.Errorf("version takes no arguments"))
	}
	text := "(devel)"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		text = info.Main.Version
	}
	fmt.Fprintln(stdout, "actorgen", text)
	return exitDone
}
