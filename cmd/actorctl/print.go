package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/actorgen/actorgen/runtime/amqp/layout"
	"github.com/actorgen/actorgen/runtime/amqp/topology"
)

// outcome is what came of one broker.
type outcome struct {
	site    site
	version string
	// report is nil where there is none, and incomplete with an error.
	report *topology.Report
	err    error
}

func printJSON(w io.Writer, outcomes []outcome) error {
	type entry struct {
		Broker   string `json:"broker"`
		URL      string `json:"url"`
		Version  string `json:"version,omitempty"`
		Prefix   string `json:"prefix"`
		MaxDelay string `json:"maxDelay"`
		Levels   int    `json:"levels"`
		Settled  bool   `json:"settled"`
		Error    string `json:"error,omitempty"`
		topology.Report
	}
	entries := make([]entry, len(outcomes))
	for i, o := range outcomes {
		e := &entries[i]
		*e = entry{
			Broker: o.site.broker.Name, URL: o.site.broker.Redacted(), Version: o.version,
			Prefix: o.site.want.Prefix, MaxDelay: o.site.want.MaxDelay.String(), Levels: o.site.want.Levels(),
		}
		if o.report != nil {
			e.Report = *o.report
			e.Settled = o.err == nil && o.report.Settled()
		}
		if e.Findings == nil {
			e.Findings = []topology.Finding{}
		}
		if o.err != nil {
			e.Error = o.err.Error()
		}
	}
	return writeJSON(w, entries)
}

func printText(out io.Writer, outcomes []outcome) error {
	for i, o := range outcomes {
		if i > 0 {
			fmt.Fprintln(out)
		}
		want := o.site.want
		fmt.Fprintf(out, "broker %s  %s  delays up to %s (%d levels)\n", o.site.broker.Name, o.site.broker.Redacted(),
			short(want.MaxDelay.String()), want.Levels())
		if o.report == nil {
			continue
		}
		if err := printRows(out, rows(o.report.Findings, want.Prefix)); err != nil {
			return err
		}
		for _, line := range advice(o.report) {
			fmt.Fprintf(out, "  %s\n", line)
		}
		if o.err == nil {
			fmt.Fprintf(out, "%s\n", summary(o.report, o.site.api != nil))
		}
	}
	return nil
}

// printRows aligns them.
func printRows(out io.Writer, rows []row) error {
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", r.state, r.object, r.name, r.detail)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for line := range strings.Lines(table.String()) {
		if _, err := fmt.Fprintln(out, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	return nil
}

// short leaves out the units of a duration that are zero.
func short(duration string) string {
	for _, zero := range []string{"m0s", "h0m"} {
		if rest, ok := strings.CutSuffix(duration, zero); ok {
			duration = rest + zero[:1]
		}
	}
	return duration
}

// row is one line.
type row struct{ state, object, name, detail string }

// rows are the lines for findings. Bindings that were created with what they
// bind are not shown, and levels of which the same is to be said share a line.
func rows(findings []topology.Finding, prefix string) []row {
	var result []row
	for _, g := range grouped(findings, prefix) {
		f := g.finding
		if f.State == topology.Created && f.Object == topology.Binding {
			continue
		}
		r := row{string(f.State), g.objects, g.names(prefix), f.Text}
		if f.Breaks && f.State == topology.Different {
			r.state = "breaks"
		}
		if f.Argument != "" {
			r.detail = difference(f)
		}
		result = append(result, r)
	}
	return result
}

func difference(f topology.Finding) string {
	found, wanted := "is "+quoted(f.Found), "ought to be "+quoted(f.Wanted)
	if f.Found == layout.None {
		found = "is not set"
	}
	if f.Wanted == layout.None {
		wanted = "ought not to be set"
	}
	return fmt.Sprintf("%s %s, %s", f.Argument, found, wanted)
}

func quoted(value string) string {
	if value == "" {
		return `""`
	}
	return value
}

// advice says what to do about differences, once for all objects of which the
// same is to be said.
func advice(r *topology.Report) (lines []string) {
	names := make(map[string][]string)
	var texts []string
	for _, f := range r.Findings {
		if f.State != topology.Different {
			continue
		}
		if !slices.Contains(texts, f.Text) {
			texts = append(texts, f.Text)
		}
		if !slices.Contains(names[f.Text], f.Name) {
			names[f.Text] = append(names[f.Text], f.Name)
		}
	}
	for _, text := range texts {
		lines = append(lines, fmt.Sprintf("to mend %s: %s", strings.Join(names[text], ", "), text))
	}
	return lines
}

// summary counts.
func summary(r *topology.Report, api bool) string {
	var parts []string
	count := func(n int, what string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, what))
		}
	}
	count(r.Count(topology.Created), "created")
	count(r.Count(topology.Removed), "removed")
	count(r.Count(topology.Missing), "missing")
	if n := r.Count(topology.Different); n > 0 {
		parts = append(parts, fmt.Sprintf("%d differ (%d break a promise)", n, r.Broken()))
	}
	count(r.Count(topology.Remaining), "remain")
	parts = append(parts, fmt.Sprintf("%d as it ought to be", r.Same))
	text := strings.Join(parts, ", ")
	if unknown := unverified(r, api); unknown != "" {
		text += "; not verified: " + unknown
	}
	return text
}

func unverified(r *topology.Report, api bool) string {
	var parts []string
	for _, o := range []topology.Object{topology.Queue, topology.Exchange} {
		if n := r.Unverified[o]; n > 0 {
			parts = append(parts, fmt.Sprintf("the arguments of %d %ss, which the user may not configure", n, o))
		}
	}
	if n := r.Unverified[topology.Binding]; n > 0 {
		parts = append(parts, fmt.Sprintf("%d bindings", n))
	}
	if !api {
		parts = append(parts, "policies")
	}
	text := strings.Join(parts, ", ")
	if !api {
		text += " (-api tells)"
	}
	return text
}
