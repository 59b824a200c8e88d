package main

import (
	"fmt"
	"math"

	amqp "github.com/rabbitmq/amqp091-go"
)

// declare makes what a queue takes, and the delays, up to a number of levels. It
// is what actorctl topology apply does, and what clients and workers do that may.
func (b *broker) declare(queue string, levels int) error {
	channel, err := b.connection.Channel()
	if err != nil {
		return err
	}
	defer channel.Close()
	d := declaration{channel: channel}
	queue = b.prefix + queue
	out, lost := b.prefix+"actor.delay.v1.out", b.prefix+"actor.delay.v1.lost"
	d.queue(queue+".XQ", amqp.Table{"x-delivery-limit": int64(math.MaxInt32)})
	d.queue(queue, amqp.Table{
		"x-delivery-limit":          int64(20),
		"x-dead-letter-exchange":    "",
		"x-dead-letter-routing-key": queue + ".XQ",
		"x-dead-letter-strategy":    "at-least-once",
		"x-overflow":                "reject-publish",
	})

	d.exchange(lost, "fanout", nil)
	d.queue(lost, amqp.Table{"x-delivery-limit": int64(math.MaxInt32)})
	d.bind(lost, lost, "", nil)
	d.exchange(out, "direct", amqp.Table{"alternate-exchange": lost})
	d.bind(out, queue, queue, nil)

	below := out
	for n := range levels {
		level := b.level(n)
		d.queue(level, amqp.Table{
			"x-message-ttl":          (step << n).Milliseconds(),
			"x-dead-letter-exchange": below,
			"x-dead-letter-strategy": "at-least-once",
			"x-overflow":             "reject-publish",
		})
		d.exchange(level, "headers", nil)
		for digit := range int64(4) { // two levels read a digit, a bit each
			headers := amqp.Table{"x-match": "all", fmt.Sprintf("actor-d%02d", n/2): digit}
			if digit>>(n%2)&1 == 1 {
				d.bind(level, level, "", headers)
			} else {
				d.pass(level, below, headers)
			}
		}
		below = level
	}
	return d.err
}

// declaration declares on a channel until the first error.
type declaration struct {
	channel *amqp.Channel
	err     error
}

func (d *declaration) queue(name string, arguments amqp.Table) {
	if arguments["x-queue-type"] = "quorum"; d.err == nil {
		_, d.err = d.channel.QueueDeclare(name, true, false, false, false, arguments)
	}
}

func (d *declaration) exchange(name, kind string, arguments amqp.Table) {
	if d.err == nil {
		d.err = d.channel.ExchangeDeclare(name, kind, true, false, false, false, arguments)
	}
}

func (d *declaration) bind(exchange, queue, key string, headers amqp.Table) {
	if d.err == nil {
		d.err = d.channel.QueueBind(queue, key, exchange, false, headers)
	}
}

// pass binds an exchange to another one.
func (d *declaration) pass(exchange, to string, headers amqp.Table) {
	if d.err == nil {
		d.err = d.channel.ExchangeBind(to, "", exchange, false, headers)
	}
}
