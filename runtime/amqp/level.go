package amqp

import (
	"fmt"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/amqp/layout"
)

// out declares where delayed messages leave the levels.
func (d declarer) out(prefix string) error {
	return d.once("out", prefix, func(ch *amqp.Channel) error {
		for _, e := range layout.Exit(prefix) {
			if err := declare(ch, e); err != nil {
				return err
			}
		}
		return nil
	})
}

// levels declares the n levels of a prefix.
func (d declarer) levels(prefix string, n int) error {
	if err := d.out(prefix); err != nil {
		return err
	}
	return d.once("levels", prefix, func(ch *amqp.Channel) error {
		// Nothing is waited for: some 150 answers, one after the other, would
		// take longer than a send may where the broker is far. The last answer
		// comes after all that was asked before.
		for _, e := range layout.Ladder(prefix, n) {
			if err := e.Declare(ch, false); err != nil {
				return err
			}
		}
		if n == 0 {
			return nil
		}
		return ch.ExchangeDeclarePassive(layout.Level(prefix, n-1), amqp.ExchangeHeaders, true, false, false, false, nil)
	})
}

// once declares what all queues under a prefix share, once in a session.
func (d declarer) once(what, prefix string, declare func(ch *amqp.Channel) error) error {
	d.sess.shared.Lock()
	defer d.sess.shared.Unlock()
	if d.sess.has(what, prefix) {
		return nil
	}
	if err := d.do(declare); err != nil {
		return fmt.Errorf("declare %q: %w", layout.Out(prefix), err)
	}
	d.sess.note(what, prefix)
	return nil
}

// levelsExist reports whether the levels exist that a delay passes which enters
// at level n.
func (d declarer) levelsExist(prefix string, n int) error {
	names := []string{layout.Out(prefix)}
	for i := range n + 1 {
		names = append(names, layout.Level(prefix, i))
	}
	for _, name := range names {
		if d.sess.has("exchange", name) {
			continue
		}
		if err := d.do(func(ch *amqp.Channel) error {
			return ch.ExchangeDeclarePassive(name, amqp.ExchangeHeaders, true, false, false, false, nil)
		}); err != nil {
			return fmt.Errorf("check delay level %q: %w", name, err)
		}
		d.sess.note("exchange", name)
	}
	return nil
}
