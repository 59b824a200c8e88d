package actor

import (
	"context"
	"time"
)

// Stub is what generated senders are made of; users meet it only through them.
// It is a value: With and Via return a changed copy.
type Stub struct {
	definition *Definition
	client     *Client
	options    sendOptions
}

// NewStub returns the stub of the actor that d describes.
func NewStub(d *Definition) Stub { return Stub{definition: d} }

// Definition returns what the source says of the actor.
func (s Stub) Definition() *Definition { return s.definition }

// With returns a copy that sends with the given options.
func (s Stub) With(options ...SendOption) Stub {
	for _, option := range options {
		option(&s.options)
	}
	return s
}

// Via returns a copy that sends through c.
func (s Stub) Via(c *Client) Stub {
	s.client = c
	return s
}

// Message returns the message whose arguments e holds, and gives e back to its
// pool: the caller must not use e afterwards. The error is an *EncodeError.
func (s Stub) Message(e *Encoder) (Message, error) {
	body, err := e.finish()
	if err != nil {
		return Message{}, &EncodeError{Actor: s.definition.Name, Err: err}
	}
	m := Message{
		ID:         s.options.messageID,
		Actor:      s.definition.Name,
		Body:       body,
		Headers:    s.options.headers,
		Priority:   s.options.priority,
		At:         s.options.at,
		definition: s.definition,
	}
	if m.ID == "" {
		m.ID = newID()
	}
	return m, nil
}

// Send sends m and blocks until its outcome is known; see [Client.Publish].
func (s Stub) Send(ctx context.Context, m Message) error {
	c, err := s.clientFor(ctx)
	if err != nil {
		return err
	}
	return c.send(ctx, m)
}

// SendWithDelay is Send for a message that the broker holds for delay, which
// replaces the time that the option At set.
func (s Stub) SendWithDelay(ctx context.Context, delay time.Duration, m Message) error {
	m.Delay, m.At = delay, time.Time{}
	return s.Send(ctx, m)
}

func (s Stub) clientFor(ctx context.Context) (*Client, error) {
	if s.client != nil {
		return s.client, nil
	}
	if c := lookup(ctx, s.definition.broker()); c != nil {
		return c, nil
	}
	return nil, &NoClientError{Actor: s.definition.Name, Broker: s.definition.broker()}
}
