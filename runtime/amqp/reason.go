package amqp

import (
	"errors"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/amqp/layout"
)

// reasonError is what the broker said, without the library's words around it.
type reasonError struct {
	reason *amqp.Error
	// lacking says which permission the user lacks, where that was the reason:
	// RabbitMQ (3.10) names the object alone.
	lacking string
}

func (e *reasonError) Error() string {
	if e.lacking == "" || e.reason.Code != amqp.AccessRefused {
		return e.reason.Reason
	}
	return e.reason.Reason + " (the user lacks permission to " + e.lacking + " it; actorctl topology permissions prints what each role needs)"
}

func (e *reasonError) Unwrap() error { return e.reason }

// refusedFor is an answer of the broker about e, nil where that is not known.
func refusedFor(e layout.Element, reason *amqp.Error) *reasonError {
	return &reasonError{reason, layout.Lacking(e, reason)}
}

// Lacking says in an answer of [Connection.Ask] which permission the user lacks,
// where it was refused for that: to configure, write or read. Any other error is
// returned as it is.
func Lacking(err error, permission string) error {
	if refused, ok := err.(*reasonError); ok {
		return &reasonError{refused.reason, permission}
	}
	return err
}

// misdeclared is an element whose declaration failed.
type misdeclared struct {
	of layout.Element
	error
}

func (d *misdeclared) Unwrap() error { return d.error }

// declare declares e, and says in the error that it was e.
func declare(ch *amqp.Channel, e layout.Element) error {
	if err := e.Declare(ch, true); err != nil {
		return &misdeclared{e, err}
	}
	return nil
}

// elementOf returns the element whose declaration failed, nil if that is not
// known.
func elementOf(err error) layout.Element {
	if d := (*misdeclared)(nil); errors.As(err, &d) {
		return d.of
	}
	return nil
}
