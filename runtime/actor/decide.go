package actor

import (
	"errors"
	"time"
)

// verdict is what becomes of a delivery.
type verdict struct {
	kind verdictKind
	// delay is how long to wait before a retry.
	delay time.Duration
	// err is why the task is retried or dead-lettered, reason its text.
	err    error
	reason string
	// neverRun says that the message was not even tried.
	neverRun bool
	// took is for how long the task ran, for the observers.
	took time.Duration
}

type verdictKind int

const (
	done verdictKind = iota
	retry
	deadLetter
	handBack
)

func (k verdictKind) String() string {
	return [...]string{"done", "retry", "dead-letter", "hand back"}[k]
}

// resolvedWork is an actor's WorkPolicy with the defaults filled in.
type resolvedWork struct {
	maxAge     time.Duration
	ack        AckMode
	timeout    time.Duration
	maxRetries int
	minBackoff time.Duration
	maxBackoff time.Duration
}

// decide turns the outcome of a run into a verdict. attempt is how many runs
// have failed before this one; random, from [0,1), spreads the backoff. It is
// a pure function.
func decide(p *resolvedWork, attempt int, err error, random float64) verdict {
	var after *retryAfterError
	var rejected *rejectError
	switch {
	case err == nil:
		return verdict{kind: done}
	case errors.Is(err, errHandBack):
		return verdict{kind: handBack}
	case errors.As(err, &rejected), attempt >= p.maxRetries:
		return verdict{kind: deadLetter, err: err}
	case errors.As(err, &after):
		return verdict{kind: retry, delay: after.delay, err: err}
	}
	return verdict{kind: retry, delay: backoff(p.minBackoff, p.maxBackoff, attempt, random), err: err}
}

// errHandBack is the outcome of a run that the worker itself cut short.
var errHandBack = errors.New("handed back")
