package amqp

import (
	"fmt"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
)

const matchAll = "all"

// out declares where delayed messages leave the levels: the exchange "out",
// which routes by queue name, and "lost", which catches those whose queue has
// gone. Without it they would stay in a level's queue and block it for all.
func (d declarer) out(prefix string) error {
	lost, out := delayLost(prefix), delayOut(prefix)
	return d.once("out", prefix, func(ch *amqp.Channel) error {
		if err := ch.ExchangeDeclare(lost, amqp.ExchangeFanout, true, false, false, false, nil); err != nil {
			return err
		}
		if _, err := ch.QueueDeclare(lost, true, false, false, false, amqp.Table{"x-queue-type": string(actor.Quorum)}); err != nil {
			return err
		}
		if err := ch.QueueBind(lost, "", lost, false, nil); err != nil {
			return err
		}
		return ch.ExchangeDeclare(out, amqp.ExchangeDirect, true, false, false, false, amqp.Table{"alternate-exchange": lost})
	})
}

// levels declares the n levels of a prefix from the bottom up, so that no level
// exists whose messages have nowhere to go.
func (d declarer) levels(prefix string, n int) error {
	if err := d.out(prefix); err != nil {
		return err
	}
	return d.once("levels", prefix, func(ch *amqp.Channel) error {
		below := delayOut(prefix)
		for i := range n {
			name := delayName(prefix, i)
			if err := declareLevel(ch, name, below, i); err != nil {
				return err
			}
			below = name
		}
		// Nothing was waited for: some 150 answers, one after the other, would
		// take longer than a send may where the broker is far. This one comes
		// after all that was asked before.
		return ch.ExchangeDeclarePassive(below, amqp.ExchangeHeaders, true, false, false, false, nil)
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
		return fmt.Errorf("declare %q: %w", delayOut(prefix), err)
	}
	d.sess.note(what, prefix)
	return nil
}

// declareLevel declares level n. Nothing in it depends on how many levels there
// are: services with different limits share them.
func declareLevel(ch *amqp.Channel, name, below string, n int) error {
	if err := ch.ExchangeDeclare(name, amqp.ExchangeHeaders, true, false, false, true, nil); err != nil {
		return err
	}
	if _, err := ch.QueueDeclare(name, true, false, false, true, amqp.Table{
		"x-queue-type":           string(actor.Quorum),
		"x-message-ttl":          levelTTL(n),
		"x-dead-letter-exchange": below,
		"x-dead-letter-strategy": "at-least-once",
		"x-overflow":             string(actor.RejectPublish),
	}); err != nil {
		return err
	}
	if err := ch.QueueBind(name, "", name, true, amqp.Table{"x-match": matchAll, levelHeader(n): int64(1)}); err != nil {
		return err
	}
	return ch.ExchangeBind(below, "", name, true, amqp.Table{"x-match": matchAll, levelHeader(n): int64(0)})
}

// levelsExist reports whether the levels exist that a delay passes which enters
// at level n.
func (d declarer) levelsExist(prefix string, n int) error {
	names := []string{delayOut(prefix)}
	for i := range n + 1 {
		names = append(names, delayName(prefix, i))
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
