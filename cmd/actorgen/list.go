package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/actorgen/actorgen/generator"
	"github.com/actorgen/actorgen/generator/model"
)

// entry is one actor as list prints it.
type entry struct {
	Name      string            `json:"name"`
	Package   string            `json:"package"`
	Stub      string            `json:"stub"`
	Function  string            `json:"function"`
	Position  string            `json:"position"`
	Queue     string            `json:"queue"`
	QueueKeys map[string]string `json:"queueOptions,omitempty"`
	Broker    string            `json:"broker"`
	Policy    map[string]string `json:"policy,omitempty"`
	Signature string            `json:"signature"`

	// packageName is what the source calls the package, if not the importer.
	packageName string
}

// list prints every actor with its queue, its policy and its signature.
func list(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	asJSON := false
	c, result, code, done := load(ctx, args, usage, stdout, stderr, func(_ *generator.Config, flags *flag.FlagSet) {
		flags.BoolVar(&asJSON, "json", false, "")
	})
	if done {
		return code
	}
	entries := []entry{}
	for _, p := range result.Packages {
		for _, a := range p.Actors {
			entries = append(entries, describe(c.Dir, p, a))
		}
	}
	print := printTable
	if asJSON {
		print = printJSON
	}
	if err := print(stdout, entries); err != nil {
		return fail(stderr, err)
	}
	return exitDone
}

func describe(dir string, p *model.Package, a *model.Actor) entry {
	e := entry{
		Name:      a.Name,
		Package:   p.Path,
		Stub:      a.Var,
		Function:  a.Func,
		Position:  position(dir, a),
		Queue:     a.Queue.Name,
		QueueKeys: texts(a.Queue.Settings),
		Broker:    a.Broker,
		Policy:    texts(a.Settings),
		Signature: signature(p, a),

		packageName: p.Name,
	}
	if e.Broker == "" {
		e.Broker = "default"
	}
	return e
}

func printJSON(w io.Writer, entries []entry) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(entries)
}

func printTable(out io.Writer, entries []entry) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ACTOR\tSTUB\tQUEUE\tPOLICY\tSIGNATURE")
	for _, e := range entries {
		queue := e.Queue
		if e.Broker != "default" {
			queue = e.Broker + ":" + queue
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", e.Name, e.packageName+"."+e.Stub, queue, strings.Join(ordered(e.Policy), " "), e.Signature)
	}
	return w.Flush()
}
