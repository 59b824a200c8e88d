package actor

import (
	"errors"
	"strings"
)

// What can be wrong with the arguments of a message, found with errors.Is
// inside a [*DecodeError].
var (
	// ErrMalformed: the body is not what any sender of actorgen writes. No
	// other worker can read it either.
	ErrMalformed = errors.New("malformed arguments")
	// ErrSchemaMismatch: the body is well formed but does not fit the
	// parameters of the function. A worker of another version may run it.
	ErrSchemaMismatch = errors.New("arguments of another schema")
)

// DecodeError reports a message whose arguments cannot be read. It unwraps to
// its kind and its cause.
type DecodeError struct {
	// Actor is the actor whose parameters were expected.
	Actor string
	// Path leads to the bad value, as in "order.lines[2].price"; it is empty
	// when the message as a whole is bad.
	Path string
	// Kind is ErrMalformed or ErrSchemaMismatch.
	Kind error
	// Cause says what was found.
	Cause error
}

func (e *DecodeError) Error() string {
	var b strings.Builder
	b.WriteString("decode " + e.Actor + ": ")
	if e.Path != "" {
		b.WriteString(e.Path + ": ")
	}
	b.WriteString(e.Kind.Error() + ": " + e.Cause.Error())
	return b.String()
}

// Unwrap returns the kind and the cause.
func (e *DecodeError) Unwrap() []error { return []error{e.Kind, e.Cause} }

// under puts a step in front of the path: a key, or an index in brackets.
func (e *DecodeError) under(step string) {
	if e.Path != "" && e.Path[0] != '[' {
		step += "."
	}
	e.Path = step + e.Path
}
