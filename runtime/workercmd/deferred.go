package workercmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// withContext gives a function of any of the forms that Defer takes the longest.
func withContext(f any) func(context.Context) error {
	switch f := f.(type) {
	case func():
		return func(context.Context) error { f(); return nil }
	case func() error:
		return func(context.Context) error { return f() }
	}
	return f.(func(context.Context) error) // the constraint of Defer lets no other pass
}

// release calls what was deferred, in the time that the process has left.
func (p *process) release() error {
	if len(p.deferred) == 0 {
		return nil
	}
	ctx, cancel := context.WithDeadline(context.Background(), p.end())
	defer cancel()
	released := make(chan error, 1)
	go func() {
		var errs []error
		for _, f := range slices.Backward(p.deferred) {
			errs = append(errs, f(ctx))
		}
		released <- errors.Join(errs...)
	}()
	select {
	case err := <-released:
		return err
	case <-ctx.Done():
		return fmt.Errorf("it takes longer than the drain timeout of %s and %s more", p.settings.drain(), farewell)
	}
}

// end is when the process has to have ended. One that ends by itself has as long
// as one that was told to just now.
func (p *process) end() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	told := p.told
	if told.IsZero() {
		told = time.Now()
	}
	return told.Add(p.settings.drain() + farewell)
}
