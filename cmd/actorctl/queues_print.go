package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/actorgen/actorgen/runtime/amqp/layout"
)

func printDepthsJSON(w io.Writer, found []siteDepths) error {
	type entry struct {
		Broker  string   `json:"broker"`
		URL     string   `json:"url"`
		Queues  []depth  `json:"queues"`
		Delayed *int     `json:"delayed"`
		Lost    *int     `json:"lost"`
		Unknown []string `json:"unknown,omitempty"`
		Error   string   `json:"error,omitempty"`
	}
	entries := make([]entry, len(found))
	for i, f := range found {
		e := entry{Broker: f.site.broker.Name, URL: f.site.broker.Redacted(), Queues: []depth{}}
		if f.err != nil {
			e.Error = f.err.Error()
		} else {
			e.Queues, e.Delayed, e.Lost, e.Unknown = f.depths.Queues, f.depths.Delayed, f.depths.Lost, f.depths.Unknown
		}
		entries[i] = e
	}
	return writeJSON(w, entries)
}

func printDepths(out io.Writer, found []siteDepths) error {
	for i, f := range found {
		if i > 0 {
			fmt.Fprintln(out)
		}
		fmt.Fprintf(out, "broker %s  %s\n", f.site.broker.Name, f.site.broker.Redacted())
		if f.err != nil {
			continue
		}
		if err := f.depths.print(out, f.site.want.Prefix); err != nil {
			return err
		}
	}
	return nil
}

func (d *depths) print(out io.Writer, prefix string) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	longest := len("queue")
	for _, q := range d.Queues {
		longest = max(longest, len(q.Name))
	}
	fmt.Fprintf(w, "%-*s\tready\tunacked\tconsumers\tdead\t\n", longest, "queue")
	for _, q := range d.Queues {
		if q.Missing {
			fmt.Fprintf(w, "%-*s\tmissing\t\t\t%s\t\n", longest, q.Name, count(q.Dead, ""))
			continue
		}
		fmt.Fprintf(w, "%-*s\t%s\t%s\t%s\t%s\t\n", longest, q.Name, count(q.Ready, "?"), count(q.Unacked, "?"), count(q.Consumers, "?"), count(q.Dead, "-"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if d.Delayed != nil {
		fmt.Fprintf(out, "delayed: %d\n", *d.Delayed)
	}
	if d.Lost != nil && *d.Lost > 0 {
		fmt.Fprintf(out, "lost: %d in %s, whose queues had gone when they were due\n", *d.Lost, layout.Lost(prefix))
	}
	if len(d.Unknown) > 0 {
		fmt.Fprintf(out, "not known: %s\n", strings.Join(d.Unknown, "; "))
	}
	return nil
}

func count(n *int, unknown string) string {
	if n == nil {
		return unknown
	}
	return strconv.Itoa(*n)
}
