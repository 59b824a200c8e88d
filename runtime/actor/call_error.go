package actor

import (
	"errors"
	"fmt"
)

// RemoteError is the error of a called task: what its function returned, its
// panic, or why a worker could not run it. It holds text only; errors.Is does not
// see through it to the values of the worker's process.
type RemoteError struct {
	Actor     string
	MessageID string
	// Message is the text of the error, shortened to about 1 KiB.
	Message string
}

func (e *RemoteError) Error() string { return fmt.Sprintf("call %s: %s", e.Actor, e.Message) }

// ErrReplyLost is the cause, beside [ErrOutcomeUnknown], of a call whose channel
// to the broker ended before its reply came. The task may have run, and may
// still run.
var ErrReplyLost = errors.New("reply lost with the channel")

// ErrCallExpired is the cause of a handler's context whose caller waits no
// longer.
var ErrCallExpired = errors.New("the caller's deadline is over")

// ErrCallUnderWay is the cause, beside [ErrNotSent], of a call under a message
// ID that another call of the same transport waits with.
var ErrCallUnderWay = errors.New("a call with this message ID waits for its reply")
