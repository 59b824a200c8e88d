package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/amqp/deadletter"
)

// deadList shows dead letters in a line each, deadShow in full.
func (p process) deadList(ctx context.Context, args []string) int {
	return p.view(ctx, "list", args, newTable)
}

func (p process) deadShow(ctx context.Context, args []string) int {
	return p.view(ctx, "show", args, func(w io.Writer) viewer { return &pages{w: w} })
}

// viewer prints letters.
type viewer interface {
	letter(v *letterView) error
	// end prints what is left.
	end() error
}

func (p process) view(ctx context.Context, command string, args []string, text func(io.Writer) viewer) int {
	d, code := p.startDead(command, args)
	if d == nil {
		return code
	}
	out := text(p.stdout)
	if d.json {
		out = lines{json.NewEncoder(p.stdout)}
	}
	seen := make(map[string]bool)
	progress := p.progress("read")
	shown := 0
	code = d.each(ctx, func(at place, _ *amqp.Connection, r *deadletter.Reader) error {
		n := 0
		err := d.selection(nil).Each(ctx, r, func(l *deadletter.Letter) error {
			n++
			shown++
			progress.show(shown, 0)
			d.note(seen, l)
			return out.letter(d.newView(at, l))
		})
		d.spend(n)
		return err
	})
	progress.clear()
	if err := out.end(); err != nil {
		return p.failed(err)
	}
	if code != exitDone {
		return code
	}
	if shown == 0 && len(d.ids) == 0 {
		fmt.Fprintln(p.stderr, "no dead letters"+d.matching())
		d.doubtActors()
	}
	return d.absent(seen)
}

// matching says that there is a filter.
func (d *dead) matching() string {
	if d.filter.any() {
		return " match"
	}
	return ""
}

// doubtActors says which actors that were asked for the lock does not know, as
// nothing was found: they may be misspelt.
func (d *dead) doubtActors() {
	for _, name := range d.actors {
		if name != "" && d.schema.Actor(name) == nil {
			fmt.Fprintf(d.stderr, "actorctl: %v\n", unknownActor(d.contract, name))
		}
	}
}

// note notes that a letter which was asked for is there.
func (d *dead) note(seen map[string]bool, l *deadletter.Letter) {
	if len(d.ids) > 0 {
		seen[l.ID] = true
	}
}

// absent reports the IDs that were asked for and are not there.
func (d *dead) absent(seen map[string]bool) int {
	code := exitDone
	for _, id := range d.ids {
		if !seen[id] {
			fmt.Fprintf(d.stderr, "actorctl: no dead letter %q\n", id)
			code = exitDiffers
		}
	}
	return code
}

// letterView is a letter as it is shown.
type letterView struct {
	Broker string `json:"broker"`
	Queue  string `json:"queue"`
	ID     string `json:"id"`
	Actor  string `json:"actor"`
	// Attempt is how many runs have failed.
	Attempt   int        `json:"attempt"`
	FirstSent *time.Time `json:"firstSent,omitempty"`
	FailedAt  *time.Time `json:"failedAt,omitempty"`
	Reason    string     `json:"reason"`
	Error     string     `json:"error"`
	// Arguments is empty where they cannot be read; then Body has the bytes in hex
	// and Problem the reason.
	Arguments   json.RawMessage    `json:"arguments,omitempty"`
	Body        string             `json:"body,omitempty"`
	Problem     string             `json:"problem,omitempty"`
	ContentType string             `json:"contentType,omitempty"`
	Priority    *int               `json:"priority,omitempty"`
	Headers     map[string]any     `json:"headers,omitempty"`
	Deaths      []deadletter.Death `json:"deaths,omitempty"`
}

func (d *dead) newView(at place, l *deadletter.Letter) *letterView {
	v := &letterView{
		Broker: at.site.broker.Name, Queue: at.queue.Name, ID: l.ID, Actor: l.Actor, Attempt: l.Attempt,
		FirstSent: moment(l.Started()), FailedAt: moment(l.Died()), Reason: "worker", Error: l.Why(),
		ContentType: l.ContentType, Headers: l.Headers, Deaths: l.Deaths,
	}
	if death := l.ByBroker(); death != nil {
		v.Reason = death.Reason
	}
	if l.Priority >= 0 {
		v.Priority = &l.Priority
	}
	v.read(d, l)
	if _, err := json.Marshal(v.Headers); err != nil { // such as a float that is no number
		v.Headers = map[string]any{"(not JSON)": fmt.Sprint(l.Headers)}
	}
	return v
}

// read decodes the arguments.
func (v *letterView) read(d *dead, l *deadletter.Letter) {
	err := fmt.Errorf("the lock has no actor %q (-lock with an older one may)", l.Actor)
	if l.Actor == "" {
		err = errors.New("no actor is named: the message is not ours")
	}
	if a := d.schema.Actor(l.Actor); a != nil {
		if v.Arguments, err = d.schema.Decode(a, l.Body); err == nil {
			return
		}
	}
	v.Body, v.Problem = fmt.Sprintf("%x", l.Body), err.Error()
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// lines prints one JSON object in each line.
type lines struct{ *json.Encoder }

func (j lines) letter(v *letterView) error { return j.Encode(v) }
func (j lines) end() error                 { return nil }

// table prints a line for each letter, aligned some at a time.
type table struct {
	w    *tabwriter.Writer
	rows int
}

// aligned is how many rows are aligned together, so that they need not all be
// kept.
const aligned = 500

func newTable(w io.Writer) viewer { return &table{w: tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)} }

func (t *table) letter(v *letterView) error {
	if t.rows == 0 {
		fmt.Fprintln(t.w, "id\tactor\tqueue\tattempt\tfirst sent\tfailed at\terror")
	}
	fmt.Fprintf(t.w, "%s\t%s\t%s\t%d\t%s\t%s\t%s\n", printable(v.ID), printable(v.Actor), printable(v.Queue), v.Attempt,
		stamp(v.FirstSent), stamp(v.FailedAt), summarised(v.Error))
	if t.rows++; t.rows%aligned == 0 {
		return t.w.Flush()
	}
	return nil
}

func (t *table) end() error { return t.w.Flush() }

func stamp(t *time.Time) string {
	if t == nil {
		return "-"
	}
	return t.Format(time.RFC3339)
}

// summarised is the first line of a text, shortened.
func summarised(text string) string {
	const longest = 100
	first, _, more := strings.Cut(strings.TrimSpace(text), "\n")
	if runes := []rune(first); len(runes) > longest {
		first, more = string(runes[:longest]), true
	}
	if first = printable(first); more {
		first += "…"
	}
	return first
}

// printable keeps foreign text from controlling the terminal.
func printable(text string) string {
	clean := strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return '\ufffd'
		}
		return r
	}, text)
	return strings.ToValidUTF8(clean, "\ufffd")
}

// pages prints letters in full.
type pages struct {
	w     io.Writer
	count int
}

func (p *pages) end() error { return nil }

func (p *pages) letter(v *letterView) error {
	var b bytes.Buffer
	if p.count++; p.count > 1 {
		b.WriteByte('\n')
	}
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%-12s%s\n", name, strings.ReplaceAll(printable(value), "\n", "\n            "))
		}
	}
	line("id", v.ID)
	line("actor", v.Actor)
	line("queue", v.Queue)
	line("attempt", fmt.Sprint(v.Attempt))
	line("first sent", stamp(v.FirstSent))
	line("failed at", stamp(v.FailedAt))
	line("error", v.Error)
	for _, d := range v.Deaths {
		line("broker", fmt.Sprintf("%s in %s, %s, first at %s", d.Reason, d.Queue, times(d.Count), stamp(moment(d.Time))))
	}
	line("headers", headers(v.Headers))
	if v.Problem != "" {
		line("arguments", "cannot be read: "+v.Problem)
		line("body", fmt.Sprintf("%d bytes of %q in hex: %s", len(v.Body)/2, v.ContentType, v.Body))
	} else {
		var pretty bytes.Buffer
		_ = json.Indent(&pretty, v.Arguments, "", "  ")
		line("arguments", pretty.String())
	}
	_, err := b.WriteTo(p.w)
	return err
}

func times(n int64) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// headers shows the user's headers, sorted.
func headers(all map[string]any) string {
	var parts []string
	for name, value := range all {
		parts = append(parts, fmt.Sprintf("%s=%v", name, value))
	}
	slices.Sort(parts)
	return strings.Join(parts, "\n")
}
