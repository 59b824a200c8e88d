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
	if d.sess.has("out", prefix) {
		return nil
	}
	lost, out := delayLost(prefix), delayOut(prefix)
	err := d.do(func(ch *amqp.Channel) error {
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
	if err != nil {
		return fmt.Errorf("declare %q: %w", out, err)
	}
	d.sess.note("out", prefix)
	return nil
}

// levels declares the n levels of a prefix from the bottom up, so that no level
// exists whose messages have nowhere to go.
func (d declarer) levels(prefix string, n int) error {
	if d.sess.has("levels", prefix) {
		return nil
	}
	if err := d.out(prefix); err != nil {
		return err
	}
	below := delayOut(prefix)
	for i := range n {
		name := delayName(prefix, i)
		if err := d.do(func(ch *amqp.Channel) error { return declareLevel(ch, name, below, i) }); err != nil {
			return fmt.Errorf("declare delay level %q: %w", name, err)
		}
		below = name
	}
	d.sess.note("levels", prefix)
	return nil
}

// declareLevel declares level n. Nothing in it depends on how many levels there
// are: services with different limits share them.
func declareLevel(ch *amqp.Channel, name, below string, n int) error {
	if err := ch.ExchangeDeclare(name, amqp.ExchangeHeaders, true, false, false, false, nil); err != nil {
		return err
	}
	if _, err := ch.QueueDeclare(name, true, false, false, false, amqp.Table{
		"x-queue-type":           string(actor.Quorum),
		"x-message-ttl":          levelTTL(n),
		"x-dead-letter-exchange": below,
		"x-dead-letter-strategy": "at-least-once",
		"x-overflow":             string(actor.RejectPublish),
	}); err != nil {
		return err
	}
	if err := ch.QueueBind(name, "", name, false, amqp.Table{"x-match": matchAll, levelHeader(n): int64(1)}); err != nil {
		return err
	}
	return ch.ExchangeBind(below, "", name, false, amqp.Table{"x-match": matchAll, levelHeader(n): int64(0)})
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
