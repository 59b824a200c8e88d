package actor

import (
	"context"
	"slices"
	"sync"
)

// ClientConfig configures a [Client]. The zero value works.
type ClientConfig struct {
	// Publish holds the defaults for actors that set less themselves.
	// Each field defaults as PublishPolicy says.
	Publish PublishPolicy
	// DefaultQueue is the name that stands in for the queue "default".
	// Defaults to "default".
	DefaultQueue string
	// QueuePrefix is put before every queue's name, so that several tenants
	// or environments can share a virtual host. Defaults to no prefix.
	QueuePrefix string
	// Middleware wraps every send, the first outermost. Defaults to none.
	Middleware []SendMiddleware
}

// Client sends messages through a transport. It may be used concurrently.
type Client struct {
	transport Transport
	config    ClientConfig
	sender    Sender   // nil without middleware
	routes    sync.Map // *Definition → *route
}

// NewClient returns a client that sends through t. It starts nothing, and the
// transport stays the caller's to close.
func NewClient(t Transport, config ClientConfig) *Client {
	c := &Client{transport: t, config: config}
	for _, wrap := range slices.Backward(config.Middleware) {
		if c.sender == nil {
			c.sender = c.publish
		}
		c.sender = wrap(c.sender)
	}
	return c
}

// Publish sends messages in one pipelined batch and blocks until the outcome
// of each is known, which for each takes at most its actor's confirm timeout,
// counted from when it enters the window, and ends when ctx does. It returns
// nil when all were confirmed, else a *BatchError with the outcome of each;
// a message that is invalid does not keep the others from being sent.
func (c *Client) Publish(ctx context.Context, messages ...Message) error {
	var errs []error
	if c.sender == nil {
		errs = c.publish(ctx, messages)
	} else {
		errs = c.sender(ctx, c.address(slices.Clone(messages))) // middleware may change what it sends, not what the caller holds
	}
	if anyError(errs) {
		return &BatchError{Errors: errs}
	}
	return nil
}

// send is Publish for one message, with its own error.
func (c *Client) send(ctx context.Context, m Message) error {
	if c.sender != nil {
		if errs := c.sender(ctx, c.address([]Message{m})); len(errs) > 0 {
			return errs[0]
		}
		return nil
	}
	single := singles.Get().(*[1]Envelope)
	defer func() {
		single[0] = Envelope{}
		singles.Put(single)
	}()
	if err := c.seal(&single[0], &m); err != nil {
		return err
	}
	if errs := c.transport.Publish(ctx, single[:]); errs != nil {
		return errs[0]
	}
	return nil
}

// singles holds the envelopes of single sends: no transport keeps its batch.
var singles = sync.Pool{New: func() any { return new([1]Envelope) }}

// publish sends what can be sent of a batch.
func (c *Client) publish(ctx context.Context, messages []Message) []error {
	if called := callOf(ctx, messages); called != nil {
		return called.request(ctx, c, &messages[0])
	}
	batch := make([]Envelope, 0, len(messages))
	sent := make([]int, 0, len(messages)) // indices of the messages in batch
	var errs []error
	fail := func(i int, err error) {
		if errs == nil {
			errs = make([]error, len(messages))
		}
		errs[i] = err
	}
	for i := range messages {
		var e Envelope
		if err := c.seal(&e, &messages[i]); err != nil {
			fail(i, err)
			continue
		}
		batch = append(batch, e)
		sent = append(sent, i)
	}
	if len(batch) == 0 {
		return errs
	}
	for j, err := range c.transport.Publish(ctx, batch) {
		if err != nil {
			fail(sent[j], err)
		}
	}
	return errs
}

// address notes in messages where they go, for the middleware.
func (c *Client) address(messages []Message) []Message {
	for i := range messages {
		if m := &messages[i]; m.definition != nil {
			m.destination = c.route(m.definition).queue.Name
		}
	}
	return messages
}

func (c *Client) seal(e *Envelope, m *Message) error {
	if m.definition == nil {
		return &InvalidMessageError{Actor: m.Actor, Reason: "the message was not made by a stub (use the actor's Message method)"}
	}
	return c.route(m.definition).seal(e, m, c.config.QueuePrefix)
}

func (c *Client) route(d *Definition) *route {
	if r, ok := c.routes.Load(d); ok {
		return r.(*route)
	}
	r, _ := c.routes.LoadOrStore(d, newRoute(d, &c.config, c.transport.MaxDelay()))
	return r.(*route)
}

func anyError(errs []error) bool {
	return slices.ContainsFunc(errs, func(err error) bool { return err != nil })
}
