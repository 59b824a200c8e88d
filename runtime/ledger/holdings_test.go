package ledger

import (
	"errors"
	"fmt"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// onChannel uses a channel of the bare library on a connection of its own.
func onChannel(broker string, do func(ch *amqp.Channel) error) error {
	conn, err := amqp.Dial(broker)
	if err != nil {
		return errors.New("no connection of the bare library")
	}
	defer conn.Close()
	ch, err := conn.Channel()
	if err != nil {
		return err
	}
	return do(ch)
}

// found returns what the broker says of a queue; ok is false where there is none.
func found(t *testing.T, broker, name string) (q amqp.Queue, ok bool) {
	t.Helper()
	err := onChannel(broker, func(ch *amqp.Channel) (err error) {
		q, err = ch.QueueDeclarePassive(name, true, false, false, false, nil)
		return err
	})
	var reason *amqp.Error
	if errors.As(err, &reason) && reason.Code == amqp.NotFound {
		return q, false
	}
	if err != nil {
		t.Fatal(err)
	}
	return q, true
}

// take empties a queue, if there is one. Each message is acknowledged alone:
// behind it others may just be coming back.
func take(t *testing.T, broker, queue string, use func(d *amqp.Delivery)) (n int) {
	t.Helper()
	if q, ok := found(t, broker, queue); !ok || q.Messages == 0 {
		return 0
	}
	err := onChannel(broker, func(ch *amqp.Channel) error {
		for {
			d, ok, err := ch.Get(queue, false)
			if err != nil || !ok {
				return err
			}
			use(&d)
			n++
			if err := d.Ack(false); err != nil {
				return err
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// headerError is part of the wire contract of dead letters.
const headerError = "actor-error"

// deathIn returns why the broker took the message out of a queue; empty if it
// did not. What a worker dead-letters has no such note.
func deathIn(queue string, d *amqp.Delivery) string {
	deaths, _ := d.Headers["x-death"].([]any)
	for _, death := range deaths {
		if death, ok := death.(amqp.Table); ok && death["queue"] == queue {
			return fmt.Sprint(death["reason"])
		}
	}
	return ""
}

// takeDead notes the dead letters of a queue.
func (r *rig) takeDead(t *testing.T) {
	t.Helper()
	for _, name := range r.queues() {
		take(t, r.broker, name+".XQ", func(d *amqp.Delivery) {
			var dead deadLetter
			dead.reason, _ = d.Headers[headerError].(string)
			dead.byBroker = deathIn(name, d)
			r.ledger.use(d.MessageId, func(a *account) { a.dead = append(a.dead, dead) })
		})
	}
}

// takeLeft notes what is left in the queues, and what is on its way into them.
// No worker runs. It takes until nothing more comes and nothing is missing:
// what a connection held comes back a moment after its end.
func (r *rig) takeLeft(t *testing.T) {
	t.Helper()
	const quiet = 500 * time.Millisecond
	since, deadline := time.Now(), time.Now().Add(patience)
	for time.Since(since) < quiet || r.ledger.unaccounted() > 0 && time.Now().Before(deadline) {
		came := 0
		for _, name := range append(r.queues(), r.prefix+"actor.delay.v1.lost") {
			came += take(t, r.broker, name, func(d *amqp.Delivery) {
				r.ledger.use(d.MessageId, func(a *account) { a.left = append(a.left, name) })
			})
		}
		if came > 0 || r.delayed(t) > 0 {
			since = time.Now()
		}
		time.Sleep(20 * time.Millisecond)
	}
	r.takeDead(t)
}

// delayed counts the messages that the delay levels hold.
func (r *rig) delayed(t *testing.T) (n int) {
	t.Helper()
	for level := range levels {
		q, _ := found(t, r.broker, fmt.Sprintf("%sactor.delay.v1.%02d", r.prefix, level))
		n += q.Messages
	}
	return n
}

// waiting counts the messages that wait in the queues and in the delay levels.
func (r *rig) waiting(t *testing.T) (n int) {
	t.Helper()
	for _, name := range r.queues() {
		q, _ := found(t, r.broker, name)
		n += q.Messages
	}
	return n + r.delayed(t)
}

// unaccounted returns how many messages are promised and neither ended nor left.
func (l *ledger) unaccounted() (n int) {
	l.each(func(a *account) {
		if a.promised() && !a.concluded() && len(a.left) == 0 && a.deleted == notDeleted {
			n++
		}
	})
	return n
}
