package guarantees

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/actorgen/actorgen/examples/guarantees/tasks"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
)

// Next is what to do after a Send.
type Next string

// All that can be done.
const (
	Nothing    Next = "nothing: it is queued"
	Mend       Next = "mend the call: it is not queued, and would not be the next time"
	MakeQueue  Next = "make the queue, then send again: it is not queued"
	Again      Next = "send again: it is not queued"
	MaybeTwice Next = "send again under the same ID, unless running it twice does harm: it may be queued"
)

// After says what to do after a Send that returned err.
func After(err error) Next {
	var failed *actor.PublishError
	switch {
	case err == nil:
		return Nothing
	case !errors.As(err, &failed):
		return Mend // *DelayTooLongError, *InvalidMessageError, *EncodeError, *NoClientError
	case errors.Is(err, actor.ErrUnroutable):
		return MakeQueue
	case errors.Is(err, actor.ErrNotSent):
		return Again // unless the cause is ErrClosed: then by another transport
	case errors.Is(err, actor.ErrNacked), errors.Is(err, actor.ErrOutcomeUnknown):
		return MaybeTwice // with actor.MessageID(failed.MessageID)
	}
	return Mend // not reached: there is no other outcome
}

// Quote asks a worker for a price, and says whether asking again makes sense.
func Quote(ctx context.Context, items int) (cents int64, again bool, err error) {
	cents, err = tasks.Quote.Call(ctx, items)
	var remote *actor.RemoteError
	var failed *actor.PublishError
	switch {
	case err == nil:
		return cents, false, nil
	case errors.As(err, &remote):
		return 0, false, fmt.Errorf("no price: %s", remote.Message) // it was run and failed
	case errors.As(err, &failed):
		return 0, true, err // a question may be asked twice, whatever became of the first
	}
	return 0, false, err // the call is wrong, or the worker returns another type
}

// Explain is middleware that says which of several ends a task had that ran out
// of time. All of them look like context.DeadlineExceeded or context.Canceled.
func Explain(log *slog.Logger) actor.Middleware {
	return func(next actor.Handler) actor.Handler {
		return func(ctx context.Context, m actor.Message) error {
			err := next(ctx, m)
			switch cause := context.Cause(ctx); {
			case err == nil:
			case errors.Is(cause, actor.ErrHandlerTimeout):
				log.Warn("task took longer than its timeout, and is retried", "actor", m.Actor, "id", m.ID)
			case errors.Is(cause, actor.ErrShutdown):
				log.Info("task was cut short by the drain timeout, and goes back to the queue", "actor", m.Actor, "id", m.ID)
			case errors.Is(cause, actor.ErrCallExpired):
				log.Info("nobody waits for the task's result any more", "actor", m.Actor, "id", m.ID)
			}
			return err
		}
	}
}

// EndOf says what the end of a worker means to whoever started it.
func EndOf(err error) string {
	var conflict *amqp.QueueConflictError
	switch {
	case err == nil:
		return "drained: everything that had begun is finished"
	case errors.Is(err, actor.ErrDrainTimeout):
		return "cut short: what was not finished runs again elsewhere"
	case errors.Is(err, actor.ErrClosed):
		return "its transport was closed before it: close it after Run has returned"
	case errors.As(err, &conflict):
		return fmt.Sprintf("queue %s has %s %s, and needs %s", conflict.Queue, conflict.Argument, conflict.Found, conflict.Wanted)
	}
	return "not started: " + err.Error()
}
