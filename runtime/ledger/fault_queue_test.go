package ledger

import (
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// deletedAtRest deletes a queue whose content is known to the message: what had
// begun to run ends, what had not is lost with the queue, and everything that is
// sent afterwards runs.
func deletedAtRest() fault {
	return fault{name: "queue deleted at rest", strike: func(t *testing.T, r *rig) {
		const surplus = 100
		r.load.pause()
		r.rest(t)
		r.gate.close()
		defer r.gate.open()
		busy := slots * len(r.crews)
		var ids []string
		for _, d := range r.definitions[:2] {
			ids = append(ids, r.sendTo(d, lasting, done, (busy+surplus)/2)...)
		}
		// More than the slots hold have begun where a session was lost meanwhile.
		if !happens(func() bool { return r.ledger.begun(ids) >= busy }) {
			t.Fatalf("%d tasks run, want one in each of the %d slots", r.ledger.begun(ids), busy)
		}
		q, _ := found(t, r.broker, r.queues()[0])
		purged := r.deleteQueue(t, r.queues()[0])
		if purged != q.Messages {
			t.Errorf("the broker deleted %d messages, want the %d that were ready", purged, q.Messages)
		}
		for _, id := range ids {
			r.ledger.use(id, func(a *account) {
				if len(a.runs) == 0 {
					a.deleted = surelyDeleted
				}
			})
		}
		eventually(t, "the queue is declared and consumed again", func() bool {
			q, ok := found(t, r.broker, r.queues()[0])
			return ok && q.Consumers == len(r.crews)
		})
		r.gate.open()
		r.load.resume()
	}}
}

// deletedUnderLoad deletes a queue while everything goes on. What was published
// before and has not ended may be lost.
func deletedUnderLoad() fault {
	return fault{name: "queue deleted under load", strike: func(t *testing.T, r *rig) {
		name := r.queues()[0]
		r.deleteQueue(t, name)
		deleted := time.Now()
		r.load.pause() // what was being sent is then in the ledger
		r.ledger.each(func(a *account) {
			if a.queue == name && !a.concluded() && a.published(func(p publication) bool { return p.begun.Before(deleted) }) > 0 {
				a.deleted = maybeDeleted
			}
		})
		r.load.resume()
	}}
}

func (r *rig) deleteQueue(t *testing.T, name string) (messages int) {
	t.Helper()
	if err := onChannel(r.broker, func(ch *amqp.Channel) (err error) {
		messages, err = ch.QueueDelete(name, false, false, false)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return messages
}

// begun counts those of the messages that are running or have run.
func (l *ledger) begun(ids []string) (n int) {
	for _, id := range ids {
		l.use(id, func(a *account) {
			if len(a.runs) > 0 {
				n++
			}
		})
	}
	return n
}
