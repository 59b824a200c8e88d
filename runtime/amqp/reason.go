package amqp

import amqp "github.com/rabbitmq/amqp091-go"

// reasonError is what the broker said, without the library's words around it.
type reasonError struct{ reason *amqp.Error }

func (e *reasonError) Error() string { return e.reason.Reason }

func (e *reasonError) Unwrap() error { return e.reason }
