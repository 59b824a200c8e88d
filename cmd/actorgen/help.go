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
       actorgen lock [-accept NAME]...          write actors.lock, the wire contract
       actorgen list [-json] [patterns]         print every actor
       actorgen help options|lock               explain the keys, or the lock
       actorgen version

Patterns name packages as for the go command and narrow what is written; without
any, the whole main module is. actors_gen.go appears beside the annotated source.

  -main DIR   also write DIR/main.go, a worker that runs the actors; DIR is
              relative to the working directory

Exit codes: 0 done, 1 problems in the source, stale files or a broken contract,
2 wrong usage or environment.

	package tasks

	//go:generate go tool actorgen

	// sendEmail delivers one message.
	//
	//actor:task queue=emails max-retries=5 timeout=30s
	func sendEmail(ctx context.Context, addr string) error { … }

	// elsewhere: err := tasks.SendEmail.Send(ctx, "ada@example.com")
`

const lockHelp = `actorgen lock writes actors.lock beside go.mod: the wire contract of the module,
which are its queues, its actors, and what their messages carry. Commit it.

usage: actorgen lock [-accept NAME]...

Messages outlive deploys. A change after which either version of the workers runs
the messages of the other is compatible, and lock adds it: a new actor, a new
parameter or field, another order, a new result. Any other change breaks the
contract: an actor that is gone or moves to another queue, a parameter or a field
that is gone, renamed or of another type, a result that is gone, a key of a queue.
lock explains each with its place in the source and in the lock, and writes
nothing, unless all are accepted:

  -accept NAME   accept what breaks the contract of an actor, a queue or a struct,
                 as the lock or the source calls it; repeatable

Once there is a lock, actorgen check fails on both kinds of changes until they are
locked. Generating never reads it. To lock nothing any more, delete the file.
`

// help prints the usage or explains the options or the lock.
func help(args []string, stdout, stderr io.Writer) int {
	switch {
	case len(args) == 1 && args[0] == "lock":
		fmt.Fprint(stdout, lockHelp)
		return exitDone
	case len(args) == 0, len(args) == 1 && slices.Contains(subcommands, args[0]):
		fmt.Fprint(stdout, usage)
		return exitDone
	case len(args) == 1 && args[0] == "options":
		options(stdout)
		return exitDone
	}
	return fail(stderr, fmt.Errorf("no help on %q (there is help options, and help lock)", strings.Join(args, " ")))
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
