package topology

import (
	"context"
	"fmt"

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
	seen, err := a.view.look(ctx, e)
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

// create creates e. Nobody knows whether a binding that could not be seen was
// there before.
func (a *applying) create(ctx context.Context, e layout.Element, seen sight) (sight, error) {
	err := a.conn.Ask(ctx, func(ch *broker.Channel) error { return e.Declare(ch, true) })
	if err == nil {
		return sight{exists: true, verified: true, created: seen.verified}, nil
	}
	if _, differs := difference(err); differs { // somebody has just created it
		return asked{a.conn}.look(ctx, e)
	}
	return seen, err
}

// explain adds to an answer of the broker what to do about it.
func explain(err error) error {
	if code(err) == broker.AccessRefused {
		return fmt.Errorf("%w (creating needs the user's permission to configure what begins with the queue prefix, and binding "+
			"and dead-lettering that to read and write it)", err)
	}
	return err
}
