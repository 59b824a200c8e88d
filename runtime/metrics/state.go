package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
)

// connected is a transport that tells how its connections are.
type connected interface {
	Stats() amqp.Stats
	Connections() []amqp.ConnectionState
}

// state describes what is looked up when somebody asks.
type state struct {
	up, blocked                            *prometheus.Desc // of each connection
	connects, lost, lateReturns, staleAcks *prometheus.Desc
	worker, slots, busy, prefetch          *prometheus.Desc
}

func newState(labels prometheus.Labels) *state {
	desc := func(name, help string, names ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, names, labels)
	}
	return &state{
		up:          desc("actorgen_connection_up", "Whether the connection to the broker is up.", "connection"),
		blocked:     desc("actorgen_connection_blocked", "Whether the broker takes no messages, because of an alarm.", "connection"),
		connects:    desc("actorgen_connects_total", "Connections that were made."),
		lost:        desc("actorgen_connections_lost_total", "Connections that ended otherwise than by being closed."),
		lateReturns: desc("actorgen_late_returns_total", "Messages that no queue took and whose senders did not wait for that."),
		staleAcks:   desc("actorgen_stale_acks_total", "Acknowledgements dropped because the session of their delivery had ended."),
		worker:      desc("actorgen_worker_state", "1 for the state that the worker is in, 0 for the others.", "state"),
		slots:       desc("actorgen_slots", "How many tasks of the queue the worker runs at a time at most.", "queue"),
		busy:        desc("actorgen_slots_busy", "How many tasks of the queue the worker runs.", "queue"),
		prefetch:    desc("actorgen_prefetch", "How many messages of the queue the worker takes in advance.", "queue"),
	}
}

func (s *state) describe(descs chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		s.up, s.blocked, s.connects, s.lost, s.lateReturns, s.staleAcks, s.worker, s.slots, s.busy, s.prefetch,
	} {
		descs <- d
	}
}

func (s *state) collect(metrics chan<- prometheus.Metric, transport actor.Transport, workers []*actor.Worker) {
	if t, ok := transport.(connected); ok {
		s.connections(metrics, t)
	}
	s.workers(metrics, workers)
}

func (s *state) connections(metrics chan<- prometheus.Metric, t connected) {
	for _, c := range t.Connections() {
		metrics <- gauge(s.up, truth(c.Connected), c.Use)
		metrics <- gauge(s.blocked, truth(c.Blocked), c.Use)
	}
	stats := t.Stats()
	for _, c := range []struct {
		desc  *prometheus.Desc
		count int64
	}{
		{s.connects, stats.Connects}, {s.lost, stats.ConnectionsLost},
		{s.lateReturns, stats.LateReturns}, {s.staleAcks, stats.StaleAcks},
	} {
		metrics <- prometheus.MustNewConstMetric(c.desc, prometheus.CounterValue, float64(c.count))
	}
}

// workers adds up those of one broker: a process seldom has more than one.
func (s *state) workers(metrics chan<- prometheus.Metric, workers []*actor.Worker) {
	if len(workers) == 0 {
		return
	}
	states := make(map[actor.State]int)
	loads := make(map[string]actor.QueueLoad)
	for _, w := range workers {
		states[w.State()]++
		for _, load := range w.Load() {
			sum := loads[load.Queue]
			sum.Busy += load.Busy
			sum.Slots += load.Slots
			sum.Prefetch += load.Prefetch
			loads[load.Queue] = sum
		}
	}
	for state := actor.Starting; state <= actor.Closed; state++ {
		metrics <- gauge(s.worker, float64(states[state]), state.String())
	}
	for queue, load := range loads {
		metrics <- gauge(s.slots, float64(load.Slots), queue)
		metrics <- gauge(s.busy, float64(load.Busy), queue)
		metrics <- gauge(s.prefetch, float64(load.Prefetch), queue)
	}
}

func gauge(d *prometheus.Desc, v float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
