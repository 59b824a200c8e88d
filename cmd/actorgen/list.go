package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// list prints every actor with its queue, its policy and its signature.
func list(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var s settings
	result, code, done := s.run(ctx, "list", listHelp, args, stdout, stderr, s.withJSON)
	if done {
		return code
	}
	if len(result.Diagnostics) > 0 {
		printText(stderr, result.Diagnostics)
		return exitFound
	}
	entries := []entry{}
	for _, p := range result.Packages {
		for _, a := range p.Actors {
			entries = append(entries, describe(s.Dir, p, a))
		}
	}
	print := func() error { return printTable(stdout, entries) }
	if s.asJSON {
		print = func() error { return printJSON(stdout, entries) }
	}
	if err := print(); err != nil {
		return fail(stderr, err)
	}
	return exitDone
}

func printTable(out io.Writer, entries []entry) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ACTOR\tSTUB\tQUEUE\tBROKER\tPOLICY\tSIGNATURE\tPLACE")
	for _, e := range entries {
		fmt.Fprintf(w, "%s\t%s.%s\t%s\t%s\t%s\t%s\t%s:%d\n", e.Name, e.packageName, e.Stub, e.Queue, e.Broker,
			strings.Join(ordered(e.Policy), " "), e.Signature, e.File, e.Line)
	}
	return w.Flush()
}
