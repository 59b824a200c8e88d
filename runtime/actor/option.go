package actor

import (
	"maps"
	"time"
)

// SendOption changes how one stub value sends; see the generated With method.
type SendOption func(*sendOptions)

type sendOptions struct {
	messageID string
	priority  *int
	headers   map[string]any
	at        time.Time
}

// Priority sends with priority p, 0 to 255, or NoPriority.
func Priority(p int) SendOption {
	return func(o *sendOptions) { o.priority = &p }
}

// MessageID sends under a given ID instead of a new one, to repeat a send
// whose outcome is unknown, or to give a task an ID of the caller's own. It is
// at most 255 bytes.
func MessageID(id string) SendOption {
	return func(o *sendOptions) { o.messageID = id }
}

// Header adds a header. The value is a string, a []byte or an integer that
// fits 64 signed bits.
func Header(name string, value any) SendOption {
	return func(o *sendOptions) {
		headers := maps.Clone(o.headers) // stubs are values: a copy keeps its own headers
		if headers == nil {
			headers = make(map[string]any, 1)
		}
		headers[name] = value
		o.headers = headers
	}
}

// At makes the message due at t. A time in the past means now.
func At(t time.Time) SendOption {
	return func(o *sendOptions) { o.at = t }
}
