package topology

import (
	"context"
	"fmt"

	broker "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/amqp/layout"
)

// Shrink does what Apply does, and then removes the levels that delays up to
// w.MaxDelay do not need, without losing a message that waits in them: from the
// top, an exchange once nothing is left that could come down to it, and a queue
// once it is empty. So levels drain downwards and take as long as their messages
// wait; what remains is reported, and another call goes on from there. A level
// that lacks what its messages need on their way gets it back.
//
// That a queue is empty only the management API tells: over AMQP, messages that
// are being forwarded are not counted. Without the API only the highest exchange
// is removed, and no queue.
//
// Clients with a larger MaxDelay declare the levels again, so they have to be
// changed before. A message that one of them sends in the very moment in which
// its level's queue is removed can be lost.
//
// It blocks for about a second for each level that it removes, and for 15 for
// each of less than half a minute. It may run at several places at once.
func Shrink(ctx context.Context, b *Broker, w Want) (*Report, error) { return shrink(ctx, b, w, usual) }

func shrink(ctx context.Context, b *Broker, w Want, p pace) (*Report, error) {
	s := &shrinking{inspection: newInspection(w), Broker: b, pace: p}
	if _, err := s.apply(ctx, b); err != nil {
		return &s.Report, err
	}
	if err := s.restore(ctx); err != nil {
		return &s.Report, fmt.Errorf("declare the way down for messages that wait: %w", err)
	}
	above, err := s.above(ctx)
	if err != nil {
		return &s.Report, err
	}
	for i := len(above) - 1; i >= 0; i-- {
		if err := s.level(ctx, above[i]); err != nil {
			return &s.Report, fmt.Errorf("level %q: %w", above[i].name, err)
		}
	}
	return &s.Report, nil
}

// shrinking is a report in the making.
type shrinking struct {
	*inspection
	*Broker
	pace pace
	// holding names the lowest level so far that holds messages, or may.
	holding string
}

func (s *shrinking) above(ctx context.Context) ([]rung, error) {
	return rungs(ctx, asked{s.Conn}, s.want.Prefix, s.want.Levels())
}

// restore declares what is missing below the highest level that holds messages.
func (s *shrinking) restore(ctx context.Context) error {
	above, err := s.above(ctx)
	if err != nil {
		return err
	}
	highest, gap := 0, false
	for i := len(above) - 1; i >= 0; i-- {
		count, err := s.count(ctx, above[i])
		if err != nil {
			return err
		}
		if highest == 0 && count.total() > 0 {
			highest = above[i].n
		} else if highest > 0 && !above[i].exchange {
			gap = true
		}
	}
	if !gap {
		return nil
	}
	v := applying{view: asked{s.Conn}, conn: s.Conn, ordered: true}
	for _, e := range layout.Ladder(s.want.Prefix, highest) {
		seen, err := v.look(ctx, e)
		if err != nil {
			return err
		}
		if len(seen.differences) > 0 {
			_, name := nameOf(e)
			return fmt.Errorf("%q differs in %s: wanted %s, found %s", name,
				seen.differences[0].Argument, seen.differences[0].Wanted, seen.differences[0].Found)
		}
	}
	return nil
}

// level removes of a level what can go.
func (s *shrinking) level(ctx context.Context, r rung) error {
	if r.exchange && s.holding != "" {
		f := Finding{State: Remaining, Object: Exchange, Name: r.name, Text: fmt.Sprintf("for what comes down from %q", s.holding)}
		if r.messages > 0 {
			f.Text += fmt.Sprintf("; holds %s itself", messages(r.messages))
		}
		s.add(f)
		return nil
	}
	if r.exchange {
		if err := s.Conn.Ask(ctx, func(ch *broker.Channel) error { return ch.ExchangeDelete(r.name, false, false) }); err != nil {
			return err
		}
		s.add(Finding{State: Removed, Object: Exchange, Name: r.name})
	}
	if !r.queue {
		return nil
	}
	reason, err := s.drained(ctx, r)
	if err == nil && reason == "" {
		reason, err = s.remove(ctx, r)
	}
	if err != nil {
		return err
	}
	if reason != "" {
		s.holding = r.name
		s.add(Finding{State: Remaining, Object: Queue, Name: r.name, Text: reason})
		return nil
	}
	s.add(Finding{State: Removed, Object: Queue, Name: r.name})
	return nil
}

// remove deletes the queue of a level, unless somebody has declared the level
// again; then it returns that as the reason.
func (s *shrinking) remove(ctx context.Context, r rung) (string, error) {
	again, err := asked{s.Conn}.look(ctx, layout.Exchange{Name: r.name, Kind: broker.ExchangeHeaders})
	if err != nil {
		return "", err
	}
	if again.exists {
		return "a client with a larger MaxDelay has just declared the level again", nil
	}
	return "", s.Conn.Ask(ctx, func(ch *broker.Channel) error {
		_, err := ch.QueueDelete(r.name, false, false, false)
		return err
	})
}
