package actor

import "context"

// Reply is what a called task came to.
type Reply struct {
	// ID is the message ID of the request.
	ID string
	// Actor is the actor's name on the wire.
	Actor string
	// Body is the result, encoded; empty where the task failed.
	Body []byte
	// Failed says that there is no result but an error, whose text is Failure.
	Failed  bool
	Failure string
}

// failure returns the task's error as the caller of m sees it, nil where there
// is a result.
func (r *Reply) failure(m *Message) error {
	if !r.Failed {
		return nil
	}
	return &RemoteError{Actor: m.Actor, MessageID: m.ID, Message: r.Failure}
}

// Return ends a function with a result: generated code calls it with what the
// function has returned and how its result is written. Where nobody waits for
// the result, because the task was sent and not called, it is dropped.
func Return[T any](ctx context.Context, result T, err error, encode func(*Encoder, T)) error {
	if err != nil {
		return err
	}
	r, ok := ctx.Value(runKey{}).(*run)
	if !ok || r.delivery.ReplyTo == "" {
		return nil
	}
	e := NewEncoder()
	encode(e, result)
	body, err := e.finish()
	if err != nil {
		return &EncodeError{Actor: r.delivery.Actor, Err: err}
	}
	r.result = body
	return nil
}
