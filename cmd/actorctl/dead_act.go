package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/amqp/deadletter"
)

// deed is what came of one queue.
type deed struct {
	Broker string `json:"broker"`
	Queue  string `json:"queue"`
	Action string `json:"action"`
	DryRun bool   `json:"dryRun,omitempty"`
	// Count is how many letters were requeued or removed, or would be.
	Count int `json:"count"`
	// Actors counts them by actor; empty where not all that was meant was done.
	Actors map[string]int `json:"actors,omitempty"`
	// The others are those of deadletter.Result.
	Doubled  int    `json:"doubled,omitempty"`
	Unknown  int    `json:"unknown,omitempty"`
	Refused  int    `json:"refused,omitempty"`
	Repeated int    `json:"repeated,omitempty"`
	Error    string `json:"error,omitempty"`
}

// deadRequeue puts dead letters back into their queues, deadPurge removes them.
func (p process) deadRequeue(ctx context.Context, args []string) int {
	return p.act(ctx, "requeue", args, (*dead).requeue)
}

func (p process) deadPurge(ctx context.Context, args []string) int {
	return p.act(ctx, "purge", args, (*dead).purge)
}

type action func(d *dead, ctx context.Context, at place, r *deadletter.Reader, s deadletter.Selection, out *deed) error

func (p process) act(ctx context.Context, command string, args []string, do action) int {
	d, code := p.startDead(command, args)
	if d == nil {
		return code
	}
	if !d.yes && !d.dryRun && !isTerminal(p.stdin) {
		return p.misused("dead "+command+" asks before it does anything, for which there is no terminal (-yes goes on without)", "dead")
	}
	if d.dryRun || !d.yes {
		if code := d.rehearse(ctx, command); code != exitDone || d.dryRun {
			return code
		}
		total := sum(d.planned)
		if total == 0 {
			return exitDone
		}
		if !p.confirm(ctx, question(command, total, d.places)) {
			fmt.Fprintln(p.stderr, "nothing was done")
			return exitDiffers
		}
		d.left = d.limit
	}
	seen := make(map[string]bool)
	found := 0
	code = d.each(ctx, func(at place, _ *amqp.Connection, r *deadletter.Reader) error {
		out := deed{Broker: at.site.broker.Name, Queue: at.queue.Name, Action: command, Actors: make(map[string]int)}
		s := d.selection(func(l *deadletter.Letter) {
			out.Actors[l.Actor]++
			d.note(seen, l)
		})
		if !d.yes { // what was not counted was not agreed to
			if s.Limit = d.planned[at.key()]; s.Limit == 0 {
				return nil
			}
		}
		err := do(d, ctx, at, r, s, &out)
		meant := sum(out.Actors)
		if found += meant; meant != out.Count {
			out.Actors = nil
		}
		d.spend(out.Count)
		if err != nil {
			out.Error = interrupted(ctx, err).Error()
		}
		d.report(&out)
		return err
	})
	if code != exitDone {
		return code
	}
	if found == 0 {
		d.doubtActors()
	}
	return d.absent(seen)
}

func sum(counts map[string]int) int {
	total := 0
	for _, n := range counts {
		total += n
	}
	return total
}

func question(command string, total int, places []place) string {
	what := fmt.Sprintf("requeue %s, so that their tasks run again?", letters(total))
	if command == "purge" {
		what = fmt.Sprintf("remove %s for good?", letters(total))
	}
	if len(places) == 1 {
		what = strings.Replace(what, letters(total), letters(total)+" of "+places[0].queue.Name, 1)
	}
	return what
}

func letters(n int) string {
	if n == 1 {
		return "1 dead letter"
	}
	return fmt.Sprintf("%d dead letters", n)
}

// rehearse counts what would be done, and says it.
func (d *dead) rehearse(ctx context.Context, command string) int {
	d.planned = make(map[string]int)
	seen := make(map[string]bool)
	progress := d.progress("counted")
	defer progress.clear()
	code := d.each(ctx, func(at place, _ *amqp.Connection, r *deadletter.Reader) error {
		out := deed{Broker: at.site.broker.Name, Queue: at.queue.Name, Action: command, DryRun: true, Actors: make(map[string]int)}
		err := d.selection(nil).Each(ctx, r, func(l *deadletter.Letter) error {
			out.Count++
			out.Actors[l.Actor]++
			d.note(seen, l)
			progress.show(out.Count, 0)
			return nil
		})
		d.spend(out.Count)
		progress.clear()
		if d.planned[at.key()] = out.Count; err == nil && (d.dryRun || !d.json) {
			d.report(&out)
		}
		return err
	})
	if code != exitDone {
		return code
	}
	if sum(d.planned) == 0 {
		d.doubtActors()
	}
	return d.absent(seen)
}

func (d *dead) requeue(ctx context.Context, at place, r *deadletter.Reader, s deadletter.Selection, out *deed) error {
	transport, err := at.site.transport(ctx, amqp.Config{Declare: amqp.DeclareNever})
	if err != nil {
		return err
	}
	defer transport.Close()
	total := d.total(r, s)
	progress := d.progress("requeued")
	result, err := deadletter.Requeue(ctx, r, transport, deadletter.Target{Queue: &at.queue, Prefix: at.site.want.Prefix}, s,
		func(so deadletter.Result) { progress.show(so.Requeued, total) })
	progress.clear()
	out.Count, out.Doubled, out.Unknown = result.Requeued, result.Doubled, result.Unknown
	out.Refused, out.Repeated = result.Refused, result.Repeated
	switch {
	case errors.Is(err, actor.ErrUnroutable):
		err = fmt.Errorf("%w (actorctl topology apply creates the queue)", err)
	case errors.Is(err, actor.ErrNacked) && at.queue.HasRetryQueue():
		err = fmt.Errorf("%w (the queue has a max-length: when workers have made room, run this again)", err)
	case err == nil && result.Refused > 0:
		err = fmt.Errorf("%s no broker would take: dead show tells what is in them", letters(result.Refused))
	}
	return err
}

func (d *dead) purge(ctx context.Context, _ place, r *deadletter.Reader, s deadletter.Selection, out *deed) (err error) {
	total := d.total(r, s)
	progress := d.progress("removed")
	out.Count, err = deadletter.Purge(ctx, r, s, func(n int) { progress.show(n, total) })
	progress.clear()
	return err
}

// total is how many letters there will be; 0 where nobody knows.
func (d *dead) total(r *deadletter.Reader, s deadletter.Selection) int {
	switch {
	case s.Limit > 0 && !d.yes:
		return s.Limit
	case d.filter.any():
		return 0
	case s.Limit > 0:
		return min(s.Limit, r.Count())
	}
	return r.Count()
}

// report says what came of a queue.
func (d *dead) report(out *deed) {
	if d.json {
		_ = json.NewEncoder(d.stdout).Encode(out)
		return
	}
	verb := map[string]string{"requeue": "requeued", "purge": "removed"}[out.Action]
	if out.DryRun {
		verb = "would have " + verb
	}
	if out.DryRun && !d.dryRun {
		verb = "about to " + map[string]string{"requeue": "requeue", "purge": "remove"}[out.Action]
	}
	fmt.Fprintf(d.stdout, "%s: %s %s%s\n", out.Queue, verb, letters(out.Count), byActor(out.Actors))
	for _, more := range []struct {
		n    int
		text string
	}{
		{out.Doubled, "requeued, and may be dead letters still: the connection was lost before their removal was sure"},
		{out.Unknown, "dead letters still, and may be in the queue too: nothing was heard of their publishing"},
		{out.Refused, "refused, and dead letters still"},
		{out.Repeated, "left: another with the same ID was requeued in this run (when that has run, purge them)"},
	} {
		if more.n > 0 {
			fmt.Fprintf(d.stdout, "%s: %d %s\n", out.Queue, more.n, more.text)
		}
	}
}

// byActor shows the most frequent actors.
func byActor(counts map[string]int) string {
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(a, b)
	})
	const most = 10
	var parts []string
	for i, name := range names {
		if i == most {
			parts = append(parts, fmt.Sprintf("and %d actors more", len(names)-most))
			break
		}
		parts = append(parts, fmt.Sprintf("%d %s", counts[name], printable(name)))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}
