package actor

import "fmt"

// EncodeError reports arguments that cannot be written: nested too deep
// ([ErrTooDeep]), or refused by their own marshalling. The network was not
// touched.
type EncodeError struct {
	Actor string
	Err   error
}

func (e *EncodeError) Error() string { return fmt.Sprintf("encode %s: %v", e.Actor, e.Err) }

// Unwrap returns the cause.
func (e *EncodeError) Unwrap() error { return e.Err }
