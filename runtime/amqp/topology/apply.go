package topology

import (
	"context"
	"errors"

	broker "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
)

// applying is a view that creates what another one does not see.
type applying struct {
	view
	conn *amqp.Connection
	// ordered says that nothing is created after an element that differs.
	ordered bool
	// differs names that element.
	differs string
}

func (a *applying) look(ctx context.Context, e layout.Element) (sight, error) {
	seen, err := a.before(ctx, e)
	if err == nil && !seen.exists {
		if a.differs != "" {
			seen.behind = a.differs
			return seen, nil
		}
		seen, err = a.create(ctx, e, seen)
	}
	if a.ordered && len(seen.differences) > 0 {
		_, a.differs = nameOf(e)
	}
	return seen, err
}

// before is what the other view sees. Over AMQP, what exists is declared as it
// ought to be, which answers at once where it is: RabbitMQ logs every
// declaration that it refuses.
func (a *applying) before(ctx context.Context, e layout.Element) (sight, error) {
	if v, ok := a.view.(asked); ok {
		exists, err := v.exists(ctx, e)
		if err == nil && exists && a.declare(ctx, e) == nil {
			return sight{exists: true, verified: true}, nil
		}
	}
	return a.view.look(ctx, e)
}

func (a *applying) declare(ctx context.Context, e layout.Element) error {
	return a.conn.Ask(ctx, func(ch *broker.Channel) error { return e.Declare(ch, true) })
}

// create creates e. Nobody knows whether a binding that could not be seen was
// there before.
func (a *applying) create(ctx context.Context, e layout.Element, seen sight) (sight, error) {
	err := a.declare(ctx, e)
	if err == nil {
		return sight{exists: true, verified: true, created: seen.verified}, nil
	}
	if _, differs := difference(err); differs { // somebody has just created it
		return asked{a.conn}.look(ctx, e)
	}
	return seen, err
}

// explain adds to an answer of the broker about e what to do about it.
func explain(e layout.Element, err error) error {
	if reason := (*broker.Error)(nil); errors.As(err, &reason) {
		return amqp.Lacking(err, layout.Lacking(e, reason))
	}
	return err
}
