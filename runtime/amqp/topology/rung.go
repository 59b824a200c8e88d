package topology

import (
	"context"
	"fmt"
	"time"

	"github.com/actorgen/actorgen/runtime/amqp/layout"
)

// rung is what exists of a level.
type rung struct {
	n               int
	name            string
	exchange, queue bool
	// messages are those in the queue, as far as the view counts them.
	messages int
}

// ttl is how long the level holds a message.
func (r rung) ttl() time.Duration { return layout.Step << r.n }

// uses says that messages come, or may come, down from the level.
func (r rung) uses() bool { return r.exchange || r.messages > 0 }

// rungs looks at the levels from the number on upwards.
func rungs(ctx context.Context, v view, prefix string, from int) ([]rung, error) {
	var found []rung
	for n := from; n < layout.MostLevels; n++ {
		r := rung{n: n, name: layout.Level(prefix, n)}
		seen, err := v.look(ctx, layout.Exchange{Name: r.name, Kind: "headers"})
		if err != nil {
			return nil, fmt.Errorf("exchange %q: %w", r.name, err)
		}
		r.exchange = seen.exists
		if r.messages, r.queue, err = v.waiting(ctx, r.name); err != nil {
			return nil, fmt.Errorf("queue %q: %w", r.name, err)
		}
		found = append(found, r)
	}
	return found, nil
}

// lost reports what waits where nobody takes it.
func (i *inspection) lost(ctx context.Context, v view) error {
	name := layout.Lost(i.want.Prefix)
	n, _, err := v.waiting(ctx, name)
	if err != nil {
		return fmt.Errorf("queue %q: %w", name, err)
	}
	if n > 0 {
		i.add(Finding{State: Noted, Object: Queue, Name: name, Text: fmt.Sprintf("holds %s whose own queue had gone when the delay was over", messages(n))})
	}
	return nil
}

// beyond reports the levels that need not exist.
func (i *inspection) beyond(ctx context.Context, v view) error {
	above, err := rungs(ctx, v, i.want.Prefix, i.want.Levels())
	if err != nil {
		return err
	}
	for k, r := range above {
		needed := k+1 < len(above) && above[k+1].uses()
		switch {
		case needed && !r.exchange:
			i.add(Finding{State: Missing, Object: Exchange, Name: r.name, Breaks: true,
				Text: "the level above forwards into it: apply -shrink, or apply with a longer -max-delay"})
		case r.exchange && !r.queue:
			i.add(Finding{State: Missing, Object: Queue, Name: r.name, Breaks: true,
				Text: "its exchange has no queue: apply -shrink, or apply with a longer -max-delay"})
		case r.exchange:
			i.add(Finding{State: Noted, Object: Exchange, Name: r.name,
				Text: "is for longer delays than asked for: a client with a larger MaxDelay needs it, or apply -shrink removes it"})
		case r.queue && r.messages > 0:
			i.add(Finding{State: Noted, Object: Queue, Name: r.name, Text: fmt.Sprintf("takes no more, and still holds %s", messages(r.messages))})
		case r.queue:
			i.add(Finding{State: Noted, Object: Queue, Name: r.name, Text: "takes no more, and can go: apply -shrink removes it where the management API shows that it is empty"})
		}
	}
	return nil
}

func messages(n int) string {
	if n == 1 {
		return "1 message"
	}
	return fmt.Sprintf("%d messages", n)
}
