package actor

import "context"

// Handler runs one task. What is known of its delivery is in the context, see
// [DeliveryFacts]. The message must not be changed.
type Handler func(ctx context.Context, m Message) error

// Middleware wraps the running of tasks, for example with a metric or a
// transaction. It is called once; the handler it returns runs concurrently.
type Middleware func(next Handler) Handler

// Sender sends messages and blocks until their outcomes are known. It returns
// nil when all were confirmed, else one error for each message, nil where it
// was.
type Sender func(ctx context.Context, messages []Message) []error

// SendMiddleware wraps sending, for example to add headers. A single send is a
// batch of one. It is called once; the sender it returns runs concurrently. It
// must return as many errors as it was given messages, or nil.
type SendMiddleware func(next Sender) Sender
