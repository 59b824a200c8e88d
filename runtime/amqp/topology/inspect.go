package topology

import (
	"context"
	"fmt"

	"github.com/actorgen/actorgen/runtime/amqp/layout"
)

// Plan reports how the broker differs from what ought to be there. It creates
// and changes nothing. With an error the report is as far as it came.
func Plan(ctx context.Context, b *Broker, w Want) (*Report, error) {
	v, err := b.view(ctx)
	if err != nil {
		return nil, err
	}
	i := newInspection(w)
	if err := i.inspect(ctx, v, v, v); err != nil {
		return &i.Report, err
	}
	return &i.Report, i.beyond(ctx, v)
}

// Apply creates what is missing, in an order in which every message has a way
// at any time, and reports that and what it cannot mend: nothing that exists is
// changed. It may run at several places at once, and again after an error, with
// which the report is as far as it came.
func Apply(ctx context.Context, b *Broker, w Want) (*Report, error) {
	i := newInspection(w)
	v, err := i.apply(ctx, b)
	if err != nil {
		return &i.Report, err
	}
	return &i.Report, i.beyond(ctx, v)
}

// inspection is a report in the making.
type inspection struct {
	Report
	want Want
	// absent are the queues and exchanges that do not exist.
	absent map[string]bool
}

func newInspection(w Want) *inspection { return &inspection{want: w, absent: make(map[string]bool)} }

// apply creates what is missing, and returns the view that it had before.
func (i *inspection) apply(ctx context.Context, b *Broker) (view, error) {
	v, err := b.view(ctx)
	if err != nil {
		return nil, err
	}
	// Everything to do with delays builds on what comes before it, but queues
	// do not build on each other.
	return v, i.inspect(ctx, v, &applying{view: v, conn: b.Conn}, &applying{view: v, conn: b.Conn, ordered: true})
}

// inspect reports what ought to be there: queues and delays as they are seen
// through views of their own.
func (i *inspection) inspect(ctx context.Context, v, ofQueues, ofDelays view) error {
	if err := i.want.Check(); err != nil {
		return err
	}
	queues, delays := i.want.elements()
	if err := i.elements(ctx, ofQueues, queues); err != nil {
		return err
	}
	if err := i.elements(ctx, ofDelays, delays); err != nil {
		return err
	}
	i.policies(v)
	return i.lost(ctx, v)
}

func (i *inspection) elements(ctx context.Context, v view, elements []layout.Element) error {
	for _, e := range elements {
		seen, err := v.look(ctx, e)
		if err != nil {
			kind, name := nameOf(e)
			return fmt.Errorf("%s %q: %w", kind, name, explain(e, err))
		}
		i.report(e, seen)
	}
	return nil
}

func (i *inspection) report(e layout.Element, seen sight) {
	kind, name := nameOf(e)
	switch {
	case seen.created:
		i.add(Finding{State: Created, Object: kind, Name: name})
	case seen.exists && len(seen.differences) > 0:
		i.differences(e, seen)
	case seen.exists && seen.verified:
		i.Same++
	case i.impliedBy(e):
	case !seen.verified:
		i.unverified(kind)
	default:
		i.absent[name] = true
		f := Finding{State: Missing, Object: kind, Name: name}
		if seen.behind != "" {
			f.Text = fmt.Sprintf("not created, because %q differs", seen.behind)
		}
		i.add(f)
	}
}

// impliedBy says that e is a binding which is missing because one of its ends
// is, and comes with it.
func (i *inspection) impliedBy(e layout.Element) bool {
	b, ok := e.(layout.Binding)
	return ok && (i.absent[b.Source] || i.absent[b.Destination])
}

func (i *inspection) differences(e layout.Element, seen sight) {
	kind, name := nameOf(e)
	part := partOf(e, &i.want)
	for _, d := range seen.differences {
		i.add(Finding{
			State: Different, Object: kind, Name: name,
			Argument: d.Argument, Wanted: d.Wanted, Found: d.Found,
			Breaks: part.breaks(d.Argument), Text: part.advice(),
		})
	}
}
