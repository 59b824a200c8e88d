package amqp

import (
	"log/slog"
	"sync"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// lateReturns counts and logs the messages that no queue took and whose senders
// do not hear of it: they have gone, or did not wait. A sender that does not
// wait goes on sending, so one line a minute for each queue has to do.
type lateReturns struct {
	log   *slog.Logger
	count *counters
	// missing, unless nil, is told that a queue is gone. It must not block.
	missing func(queue string)

	mu     sync.Mutex
	queues map[string]*lateQueue
}

type lateQueue struct {
	logged time.Time
	silent int // returns since then
}

const lateInterval = time.Minute

func (l *lateReturns) note(r amqp.Return) {
	l.count.lateReturns.Add(1)
	if l.missing != nil {
		l.missing(r.RoutingKey)
	}
	if silent, due := l.due(r.RoutingKey, time.Now()); due {
		l.log.Warn("no queue took a message whose sender did not wait for the answer",
			"queue", r.RoutingKey, "id", r.MessageId, "actor", r.Type, "more", silent)
	}
}

func (l *lateReturns) due(queue string, now time.Time) (silent int, due bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	q := l.queues[queue]
	switch {
	case q == nil:
		if l.queues == nil {
			l.queues = make(map[string]*lateQueue)
		}
		q = &lateQueue{}
		l.queues[queue] = q
	case now.Sub(q.logged) < lateInterval:
		q.silent++
		return 0, false
	}
	silent = q.silent
	*q = lateQueue{logged: now}
	return silent, true
}
