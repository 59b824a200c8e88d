package metrics

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
)

const (
	// depthTimeout bounds what one scrape waits for the broker.
	depthTimeout = 2 * time.Second
	// depthInterval is how long an answer serves all scrapes, so that many of them
	// are no load.
	depthInterval = 10 * time.Second
	// depthAge is for how long an answer is shown while there is no newer one.
	depthAge = time.Minute
)

// inspectable is a transport that tells how full queues are.
type inspectable interface {
	Depths(ctx context.Context, queues ...string) (map[string]amqp.Depth, error)
}

// Queues are the depths of queues, as the broker tells them. It is a
// [prometheus.Collector] of its own, to be registered where somebody wants to
// know: every process that has it asks the broker, and all get the same answer.
type Queues struct {
	metrics *Metrics
	queues  []actor.Queue

	ready, dead, consumers, answered *prometheus.Desc

	// turn holds a token while the broker is asked.
	turn chan struct{}
	mu   sync.Mutex // guards the fields below
	// asked is when it was asked last, known when it answered last.
	asked, known time.Time
	err          error
	depths       map[string]amqp.Depth
}

var _ prometheus.Collector = (*Queues)(nil)

// Queues returns a collector of the depths of those queues, named as they are on
// the broker, and of the queues of every worker that is watched. When it is
// collected it asks the broker, which takes at most two seconds, and not more often
// than every ten seconds. Only package amqp's transport tells. Where there is no
// queue, as in a program that only sends and names none, it shows nothing.
func (m *Metrics) Queues(queues ...actor.Queue) *Queues {
	desc := func(name, help string, names ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, names, m.labels)
	}
	return &Queues{
		metrics: m, queues: queues, turn: make(chan struct{}, 1),
		ready:     desc("actorgen_queue_ready_messages", "Messages that wait in the queue, and in its retry queue, for a worker.", "queue"),
		dead:      desc("actorgen_queue_dead_messages", "Messages in the queue's dead-letter queue.", "queue"),
		consumers: desc("actorgen_queue_consumers", "Consumers of the queue, of all processes together.", "queue"),
		answered:  desc("actorgen_queue_depths_up", "Whether the broker has told the depths of the queues when it was asked last."),
	}
}

// Describe implements [prometheus.Collector].
func (q *Queues) Describe(descs chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{q.ready, q.dead, q.consumers, q.answered} {
		descs <- d
	}
}

// Collect implements [prometheus.Collector].
func (q *Queues) Collect(metrics chan<- prometheus.Metric) {
	t, ok := q.metrics.transport.(inspectable)
	if !ok {
		return
	}
	queues := q.all()
	if len(queues) == 0 {
		return // of a program that only sends and has named none: there is no answer to tell of
	}
	q.refresh(t, queues)
	q.mu.Lock()
	defer q.mu.Unlock()
	metrics <- gauge(q.answered, truth(q.err == nil && !q.known.IsZero()))
	if time.Since(q.known) > depthAge {
		return
	}
	for _, queue := range queues {
		if d, ok := q.depths[queue.Name]; ok {
			retries := q.depths[queue.RetryName()]
			metrics <- gauge(q.ready, float64(d.Ready+retries.Ready), queue.Name)
			metrics <- gauge(q.consumers, float64(d.Consumers), queue.Name)
		}
		if d, ok := q.depths[queue.DeadLetterName()]; ok {
			metrics <- gauge(q.dead, float64(d.Ready), queue.Name)
		}
	}
}

// all returns the queues, each once.
func (q *Queues) all() []actor.Queue {
	all := slices.Clone(q.queues)
	for _, w := range q.metrics.watched() {
		for _, worked := range w.Queues() {
			all = append(all, worked.Queue)
		}
	}
	slices.SortStableFunc(all, func(a, b actor.Queue) int { return cmp.Compare(a.Name, b.Name) })
	return slices.CompactFunc(all, func(a, b actor.Queue) bool { return a.Name == b.Name })
}

// refresh asks the broker, unless that was done lately. Scrapes that come
// meanwhile wait for the same answer.
func (q *Queues) refresh(t inspectable, queues []actor.Queue) {
	ctx, cancel := context.WithTimeout(context.Background(), depthTimeout)
	defer cancel()
	select {
	case q.turn <- struct{}{}:
		defer func() { <-q.turn }()
	case <-ctx.Done():
		return
	}
	if q.fresh() {
		return
	}
	var names []string
	for _, queue := range queues {
		names = append(names, queue.Name, queue.DeadLetterName())
		if queue.HasRetryQueue() {
			names = append(names, queue.RetryName())
		}
	}
	depths, err := t.Depths(ctx, names...)
	q.mu.Lock()
	defer q.mu.Unlock()
	q.asked, q.err = time.Now(), err
	if err == nil {
		q.known, q.depths = q.asked, depths
	}
}

// fresh says that the broker was asked lately, whether or not it answered.
func (q *Queues) fresh() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return time.Since(q.asked) < depthInterval
}
