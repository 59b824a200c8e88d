package workercmd

import (
	"context"
	"errors"
	"fmt"
)

// The kinds of constructors. Each says "constructing" first.
const (
	sound     = "sound"     // makes a receiver
	wrong     = "wrong"     // returns an error
	patient   = "patient"   // waits for the end of its context, and returns that
	unwilling = "unwilling" // waits for the end of its context, and returns another error
	stubborn  = "stubborn"  // waits for the end of its context, and makes a receiver all the same
	endless   = "endless"   // ignores its context
	leaky     = "leaky"     // makes a receiver that fails to close
	stuckOpen = "stuckOpen" // makes a receiver that does not close in time
)

var errConstruct = errors.New("no such host")

// construct does what a main with receivers does before Main.
func (d *duty) construct(kind string) {
	ctx := Start()
	Defer(func() { d.say("closed", "first") })
	d.say("constructing", kind)
	if err := d.constructed(ctx, kind); err != nil {
		Fail(fmt.Errorf("construct: %w", err))
	}
	Defer(func(closing context.Context) error {
		d.say("closed", "second")
		if kind == stuckOpen {
			<-closing.Done()
			d.say("closed", "late")
			select {}
		}
		return nil
	})
	Defer(func() error {
		d.say("constructor", "context", ctx.Err())
		if kind == leaky {
			return errConstruct
		}
		return nil
	})
}

func (d *duty) constructed(ctx context.Context, kind string) error {
	switch kind {
	case wrong:
		return errConstruct
	case patient:
		<-ctx.Done()
		return ctx.Err()
	case unwilling:
		<-ctx.Done()
		return errConstruct
	case stubborn:
		<-ctx.Done()
	case endless:
		select {}
	}
	return nil
}
