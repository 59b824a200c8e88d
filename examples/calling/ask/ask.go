package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/actorgen/actorgen/examples/calling/tasks"
	"github.com/actorgen/actorgen/runtime/actor"
)

// ask returns the price of a parcel. It waits until ctx ends, for a worker too:
// whoever calls has a deadline.
func ask(ctx context.Context, p tasks.Parcel) (cents int64, err error) {
	cents, err = tasks.Price.Call(ctx, p)
	if errors.Is(err, actor.ErrReplyLost) {
		// The connection went. The task may have run, which does no harm to this one;
		// the second call waits for the new connection.
		cents, err = tasks.Price.Call(ctx, p)
	}
	var remote *actor.RemoteError
	switch {
	case errors.As(err, &remote): // the answer is no, and would be again
		return 0, fmt.Errorf("no price: %s", remote.Message)
	case errors.Is(err, context.DeadlineExceeded):
		return 0, fmt.Errorf("nobody has answered in time: %w", err)
	}
	return cents, err
}
