package metrics

import (
	"slices"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/actorgen/actorgen/runtime/actor"
)

// Metrics are those of one broker: of the clients and the workers that are
// configured by it, and of their transport. It is a [prometheus.Collector]; the
// metrics of several brokers can be registered side by side. All methods may be
// called concurrently.
type Metrics struct {
	labels    prometheus.Labels
	transport actor.Transport
	sending   *sending
	working   *working
	state     *state

	mu      sync.Mutex // guards workers
	workers []*actor.Worker
}

var _ prometheus.Collector = (*Metrics)(nil)

// New returns the metrics of the broker that annotations call by that name, or
// "default". It starts nothing. The transport is asked for the state of its
// connections where it is that of package amqp; it may be nil.
func New(broker string, transport actor.Transport) *Metrics {
	labels := prometheus.Labels{"broker": broker}
	return &Metrics{
		labels:    labels,
		transport: transport,
		sending:   newSending(labels),
		working:   newWorking(labels),
		state:     newState(labels),
	}
}

// Client returns config with what counts and times the sending of messages. It is
// the innermost middleware, so that it sees what the broker did, and not what
// other middleware added; call it when those are in the configuration.
func (m *Metrics) Client(config actor.ClientConfig) actor.ClientConfig {
	config.Middleware = append(slices.Clip(config.Middleware), m.sending.middleware)
	return config
}

// Worker returns config with what counts and times the running of tasks.
func (m *Metrics) Worker(config actor.WorkerConfig) actor.WorkerConfig {
	config.Observers = append(slices.Clip(config.Observers), m.working.observe)
	return config
}

// Watch adds the state of w, and how busy it is, to the metrics.
func (m *Metrics) Watch(w *actor.Worker) {
	m.mu.Lock()
	m.workers = append(m.workers, w)
	m.mu.Unlock()
	for _, q := range w.Queues() {
		for _, d := range q.Actors {
			m.working.of(d.Name, q.Name) // an alert sees the first dead letter only beside a zero
		}
	}
}

func (m *Metrics) watched() []*actor.Worker {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.workers)
}

func (m *Metrics) vectors() []prometheus.Collector {
	return slices.Concat(m.sending.vectors(), m.working.vectors())
}

// Describe implements [prometheus.Collector].
func (m *Metrics) Describe(descs chan<- *prometheus.Desc) {
	for _, v := range m.vectors() {
		v.Describe(descs)
	}
	m.state.describe(descs)
}

// Collect implements [prometheus.Collector]. It does not wait for the broker.
func (m *Metrics) Collect(metrics chan<- prometheus.Metric) {
	for _, v := range m.vectors() {
		v.Collect(metrics)
	}
	m.state.collect(metrics, m.transport, m.watched())
}
