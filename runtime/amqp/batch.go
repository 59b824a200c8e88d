package amqp

import (
	"context"
	"errors"

	"github.com/actorgen/actorgen/runtime/actor"
)

// batchRun sends a batch through the window in one goroutine: it writes as long
// as there are places, reads the confirms in the order of writing, and writes
// again, in order too, what has to be repeated.
type batchRun struct {
	transport *Transport
	ctx       context.Context
	errs      []error

	pending []inFlight // written, in order
	repeat  []inFlight // to be written again, in order
	// starved says why a message got no place in all its time; the rest does
	// not wait again.
	starved error
}

type inFlight struct {
	index     int
	parcel    *parcel
	publisher *publisher
	// verdict and cause are what came of the last attempt.
	verdict verdict
	cause   error
}

func (t *Transport) publishBatch(ctx context.Context, batch []actor.Envelope) []error {
	r := &batchRun{transport: t, ctx: ctx, errs: make([]error, len(batch))}
	for i := range batch {
		r.send(i, &batch[i])
	}
	for len(r.pending)+len(r.repeat) > 0 {
		r.settleAll()
	}
	for _, err := range r.errs {
		if err != nil {
			return r.errs
		}
	}
	return nil
}

func (r *batchRun) send(i int, e *actor.Envelope) {
	t := r.transport
	q, err := t.pack(e)
	if err != nil {
		r.errs[i] = err
		return
	}
	f := inFlight{index: i, parcel: q}
	switch {
	case !t.needsPreparation(e):
		t.topology.inspect(e)
	case !t.topology.isReady(e):
		t.startClock(q)
		if r.starved != nil {
			r.end(f, q.fail(actor.ErrNotSent, r.starved), false)
			return
		}
		if err := t.prepare(r.ctx, q); err != nil {
			if failure := (*actor.PublishError)(nil); errors.As(err, &failure) && failure.Outcome == actor.ErrNotSent {
				r.starved = failure.Cause
			}
			r.end(f, err, false)
			return
		}
	}
	for len(r.repeat) > 0 { // those before it first
		r.settleAll()
	}
	r.write(f)
}

// write gets f a place in the window and writes it.
func (r *batchRun) write(f inFlight) {
	q := f.parcel
	if err := r.place(&f); err != nil {
		r.end(f, q.fail(actor.ErrNotSent, err), false)
		return
	}
	r.transport.startClock(q)
	switch {
	case !f.publisher.write(q):
		f.publisher.release(q)
		f.verdict, f.cause = q.unwritten()
		r.repeat = append(r.repeat, f)
	case !f.publisher.confirm:
		f.publisher.release(q)
		r.end(f, nil, false)
	default:
		r.pending = append(r.pending, f)
	}
}

// place gets f a place in the window, waiting for the oldest of its own batch
// where there is one: its time runs only while there is none, or once it has
// begun.
func (r *batchRun) place(f *inFlight) error {
	for {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		f.publisher = r.transport.publisherOf(f.parcel)
		if f.publisher.tryAcquire(f.parcel) {
			return nil
		}
		if len(r.pending) == 0 {
			break
		}
		r.settleOldest()
	}
	if r.starved != nil {
		return r.starved
	}
	r.transport.startClock(f.parcel)
	var err error
	f.publisher, err = r.transport.acquire(r.ctx, f.parcel)
	if err != nil && err != errIDInFlight && f.publisher != r.transport.detour { // which says nothing of the rest
		r.starved = err
	}
	return err
}

// settleAll waits for all that is pending and then writes again what has to be.
func (r *batchRun) settleAll() {
	for len(r.pending) > 0 {
		r.settleOldest()
	}
	repeat := r.repeat
	r.repeat = nil
	paused := false
	for _, f := range repeat {
		q := f.parcel
		if f.verdict == nacked && !rejectsWhenFull(q.env) {
			if paused && !q.late.Load() { // one pause serves all
				q.refused = true
				f.verdict = lost
			}
			paused = true
		}
		if err := r.transport.remedy(r.ctx, q, f.verdict, f.cause); err != nil {
			r.end(f, err, false)
			continue
		}
		r.write(f)
	}
}

func (r *batchRun) settleOldest() {
	f := r.pending[0]
	r.pending = r.pending[1:]
	f.verdict, f.cause = f.publisher.await(r.ctx, f.parcel)
	switch f.verdict {
	case confirmed:
		r.end(f, nil, false)
	case abandoned:
		r.end(f, f.parcel.fail(actor.ErrOutcomeUnknown, f.cause), true)
	default:
		r.repeat = append(r.repeat, f)
	}
}

func (r *batchRun) end(f inFlight, err error, leftInFlight bool) {
	r.errs[f.index] = err
	f.parcel.acquit()
	r.transport.unpack(f.parcel, leftInFlight)
}
