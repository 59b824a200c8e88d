package deadletter

import (
	"cmp"
	"strings"
	"time"

	broker "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
)

// Letter is a dead letter. Dead letters of other programs are among them, so
// nothing in it can be relied on. Settlement is nil: a Reader settles.
type Letter struct {
	actor.Delivery
	// Deaths are what the broker has noted of its own accord, the last first: a
	// message whose worker has dead-lettered it has none of its queue.
	Deaths []Death

	queue    string // without the suffix of dead letters
	tag      uint64
	consumer int
}

// Death says that the broker took a message out of a queue.
type Death struct {
	// Reason is RabbitMQ's: delivery_limit, expired, rejected or maxlen.
	Reason string
	Queue  string
	// Count is how often that has happened.
	Count int64
	// Time is when it happened first, in whole seconds.
	Time time.Time
}

// newLetter reads a delivery from the queue of dead letters beside queue.
func newLetter(d *broker.Delivery, queue string) *Letter {
	return &Letter{Delivery: amqp.Read(d), Deaths: deaths(d.Headers), queue: queue, tag: d.DeliveryTag}
}

func deaths(headers broker.Table) (deaths []Death) {
	entries, _ := headers["x-death"].([]any)
	for _, entry := range entries {
		table, ok := entry.(broker.Table)
		if !ok {
			continue
		}
		var d Death
		d.Reason, _ = table["reason"].(string)
		d.Queue, _ = table["queue"].(string)
		d.Count, _ = table["count"].(int64)
		d.Time, _ = table["time"].(time.Time)
		deaths = append(deaths, d)
	}
	return deaths
}

// ByBroker returns why the broker has dead-lettered the message, or nil where a
// worker did. What a message went through before, as the levels of a delay, does
// not count.
func (l *Letter) ByBroker() *Death {
	for i := range l.Deaths {
		if d := &l.Deaths[i]; d.Queue == l.queue || d.Queue == l.queue+actor.RetrySuffix {
			return d
		}
	}
	return nil
}

// Why returns the reason in words: the error of the last run, or what the broker
// says, with the error of the last run behind it where there was one.
func (l *Letter) Why() string {
	d := l.ByBroker()
	if d == nil {
		return cmp.Or(l.Failure, "no reason given")
	}
	text := "broker: "
	switch d.Reason {
	case "delivery_limit":
		text += "delivery limit exceeded (the worker died, or lost its connection, each time)"
	case "expired":
		text += "expired before it was taken (a time to live)"
	case "maxlen":
		text += "pushed out of the full queue"
	default:
		text += strings.ReplaceAll(d.Reason, "_", " ")
	}
	if l.Failure != "" {
		text += "; before: " + l.Failure
	}
	return text
}

// Died returns when the message was dead-lettered: by a worker, else by the
// broker, else when it was sent; zero where nothing is known.
func (l *Letter) Died() time.Time {
	if d := l.ByBroker(); d != nil && !d.Time.IsZero() {
		return d.Time
	}
	if !l.FailedAt.IsZero() {
		return l.FailedAt
	}
	return l.Sent
}

// Started returns when the task was first sent; zero where nothing is known.
func (l *Letter) Started() time.Time {
	if l.FirstSent.IsZero() {
		return l.Sent
	}
	return l.FirstSent
}
