package metrics_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/metrics"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// soon bounds what must happen. Only failures take it.
const soon = 30 * time.Second

// rig is a client and a worker with metrics.
type rig struct {
	t         *testing.T
	transport actor.Transport
	metrics   *metrics.Metrics
	client    *actor.Client
	registry  *prometheus.Registry
}

// open makes a rig on a transport, which the test closes at its end.
func open(t *testing.T, transport actor.Transport) *rig {
	t.Helper()
	m := metrics.New("default", transport)
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(m)
	t.Cleanup(func() { transport.Close() })
	return &rig{
		t: t, transport: transport, metrics: m, registry: registry,
		client: actor.NewClient(transport, m.Client(actor.ClientConfig{})),
	}
}

// openBroker makes a rig on RabbitMQ, or what is in its place.
func openBroker(t *testing.T, config amqp.Config) *rig {
	t.Helper()
	config.Logger = slog.New(slog.DiscardHandler)
	transport, err := amqp.Dial(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	return open(t, transport)
}

// openProxied makes a rig whose connections go through a proxy.
func openProxied(t *testing.T, broker string) (*rig, *rabbittest.Proxy) {
	t.Helper()
	u, err := url.Parse(broker)
	if err != nil {
		t.Fatal("not a URL")
	}
	proxy := rabbittest.NewProxy(t, u.Host)
	through, err := proxy.URL(broker)
	if err != nil {
		t.Fatal(err)
	}
	return openBroker(t, amqp.Config{URL: through}), proxy
}

// task is an actor of the tests, with its function.
type task struct {
	actor.Definition
	run func(ctx context.Context) error
	// unread is what becomes of its arguments where they cannot be read.
	unread error
}

func (k *task) entry() actor.Entry {
	return actor.Entry{Definition: &k.Definition, Bind: func(actor.Message) (actor.Task, error) { return k.run, k.unread }}
}

// work runs a worker for the tasks until the test ends, or until it is stopped.
func (r *rig) work(tasks ...*task) (stop func()) {
	r.t.Helper()
	var table actor.Table
	for _, k := range tasks {
		table = append(table, k.entry())
	}
	worker := actor.NewWorker(r.client, r.metrics.Worker(actor.WorkerConfig{
		Broker: "default", Concurrency: 4, DrainTimeout: time.Second, Logger: slog.New(slog.DiscardHandler),
	}), table)
	r.metrics.Watch(worker)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- worker.Run(ctx) }()
	stop = sync.OnceFunc(func() { cancel(); <-ended })
	r.t.Cleanup(stop)
	r.reaches(1, `actorgen_worker_state{state="running"}`)
	return stop
}

// send sends one message to an actor.
func (r *rig) send(d *actor.Definition, options ...actor.SendOption) error {
	r.t.Helper()
	stub := actor.NewStub(d).Via(r.client).With(options...)
	m := message(r.t, stub)
	return stub.Send(r.t.Context(), m)
}

func (r *rig) mustSend(d *actor.Definition) {
	r.t.Helper()
	if err := r.send(d); err != nil {
		r.t.Fatal(err)
	}
}

func message(t testing.TB, stub actor.Stub) actor.Message {
	t.Helper()
	e := actor.NewEncoder()
	e.Map(0)
	e.End()
	m, err := stub.Message(e)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// gathered returns the values by their series, without the label broker. That of a
// histogram is its count.
func gathered(t testing.TB, g prometheus.Gatherer) map[string]float64 {
	t.Helper()
	families, err := g.Gather()
	if err != nil {
		t.Fatal(err)
	}
	values := make(map[string]float64)
	for _, f := range families {
		for _, m := range f.GetMetric() {
			var labels []string
			for _, l := range m.GetLabel() {
				if l.GetName() != "broker" {
					labels = append(labels, fmt.Sprintf("%s=%q", l.GetName(), l.GetValue()))
				}
			}
			slices.Sort(labels)
			name := f.GetName()
			if len(labels) > 0 {
				name += "{" + strings.Join(labels, ",") + "}"
			}
			values[name] = m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	return values
}

// reaches waits until each of the series has the value.
func (r *rig) reaches(want float64, series ...string) {
	r.t.Helper()
	var got map[string]float64
	for end := time.Now().Add(soon); ; time.Sleep(5 * time.Millisecond) {
		got = gathered(r.t, r.registry)
		missing := slices.DeleteFunc(slices.Clone(series), func(s string) bool {
			v, ok := got[s]
			return ok && v == want
		})
		if len(missing) == 0 {
			return
		}
		if time.Now().After(end) {
			r.t.Fatalf("after %s not yet %v: %q, of %v", soon, want, missing, got)
		}
	}
}

// is checks the values of series now.
func (r *rig) is(want float64, series ...string) {
	r.t.Helper()
	got := gathered(r.t, r.registry)
	for _, s := range series {
		if v, ok := got[s]; !ok || v != want {
			r.t.Errorf("got %s = %v (there: %t), want %v", s, v, ok, want)
		}
	}
}
