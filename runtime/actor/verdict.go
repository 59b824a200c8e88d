package actor

import (
	"errors"
	"fmt"
	"time"
)

// Reject returns an error that dead-letters the task at once, whatever retries
// it has left, when its function returns it.
func Reject(err error) error { return &rejectError{err} }

type rejectError struct{ err error }

func (e *rejectError) Error() string { return fmt.Sprintf("rejected: %v", e.err) }
func (e *rejectError) Unwrap() error { return e.err }

// RetryAfter returns an error that runs the task again after delay instead of
// its backoff when its function returns it. It counts as a retry. A negative
// delay means at once.
func RetryAfter(delay time.Duration, err error) error {
	return &retryAfterError{max(0, delay), err}
}

type retryAfterError struct {
	delay time.Duration
	err   error
}

func (e *retryAfterError) Error() string { return fmt.Sprintf("retry after %s: %v", e.delay, e.err) }
func (e *retryAfterError) Unwrap() error { return e.err }

// PanicError is the error of a task that panicked.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the panic's value where it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// errExited is the outcome of a task that called runtime.Goexit, as FailNow of
// a test does.
var errExited = errors.New("the task ended its goroutine (runtime.Goexit)")

// UnknownActorError reports a message for an actor that no table of the worker
// names: another service uses the queue, or a deploy is under way.
type UnknownActorError struct{ Actor string }

func (e *UnknownActorError) Error() string {
	return fmt.Sprintf("unknown actor %q (is the worker older than the sender, or the queue shared with another service?)", e.Actor)
}

// ErrHandlerTimeout is the cause of a handler's context whose timeout ran out.
var ErrHandlerTimeout = errors.New("handler timeout exceeded")

// ErrShutdown is the cause of a handler's context that the worker cancelled
// because its drain timeout ran out.
var ErrShutdown = errors.New("worker is shutting down")
