package actor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
)

// SetHeader sets a header on what becomes of the message whose task the caller
// runs: on its retry, or on its dead letter, in place of one of that name which
// the message has. It serves a handler, or a middleware, that leaves a note for
// the next run. Nothing is sent by it, and the headers of this run stay as they
// are. It has no effect on a message that is acknowledged, handed back to the
// broker, or called.
//
// The value is a string, a []byte, which must not be changed any more, or an
// integer that fits 64 signed bits. The error says that ctx is not that of a
// handler, or why the header is refused, as [Header] would be; then nothing is
// set. SetHeader may be called concurrently.
func SetHeader(ctx context.Context, name string, value any) error {
	r, ok := ctx.Value(runKey{}).(*run)
	if !ok {
		return fmt.Errorf("set header %q: %w", shorten(name, 40), errNoDelivery)
	}
	return r.notes.set(name, value)
}

// OnConclusion has f told what becomes of the delivery whose task the caller
// runs, like one of [WorkerConfig.Observers] for this run alone. What was
// registered later is told earlier, and all of them before the worker's
// observers are. The error says that ctx is not that of a handler. A task that
// has returned must not call OnConclusion any more: f may not be told then.
// OnConclusion may be called concurrently.
func OnConclusion(ctx context.Context, f Observer) error {
	r, ok := ctx.Value(runKey{}).(*run)
	if !ok {
		return fmt.Errorf("observe a conclusion: %w", errNoDelivery)
	}
	r.notes.observe(f)
	return nil
}

var errNoDelivery = errors.New("the context is not that of a handler")

// notes are what a run leaves behind: headers for the copy of its message, and
// who wants to know what becomes of it.
type notes struct {
	mu        sync.Mutex
	headers   map[string]any
	observers []Observer
}

// observersOf returns who is told what becomes of r.
func (s *shift) observersOf(r *run) []Observer {
	r.notes.mu.Lock()
	defer r.notes.mu.Unlock()
	if len(r.notes.observers) == 0 {
		return s.worker.config.Observers
	}
	return slices.Concat(r.notes.observers, s.worker.config.Observers)
}

func (n *notes) observe(f Observer) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.observers = slices.Insert(n.observers, 0, f)
}

// set adds a header. The map that copies hold is never changed.
func (n *notes) set(name string, value any) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	headers, flaw := withHeader(n.headers, name, value)
	if flaw != "" {
		return fmt.Errorf("set header: %s", flaw)
	}
	headers[name], _ = plainHeader(value)
	n.headers = headers
	return nil
}

// over returns headers with those that were set in their place.
func (n *notes) over(headers map[string]any) map[string]any {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.headers) == 0 {
		return headers
	}
	all := maps.Clone(headers)
	if all == nil {
		all = make(map[string]any, len(n.headers))
	}
	maps.Copy(all, n.headers)
	return all
}
