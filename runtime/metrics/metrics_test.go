package metrics_test

import (
	"context"
	"errors"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/memory"
	"github.com/actorgen/actorgen/runtime/metrics"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// Names and types are as Prometheus wants them.
func TestMetricsPassTheLinter(t *testing.T) {
	r := openBroker(t, amqp.Config{URL: rabbittest.URL(t)})
	k := failing(actor.Queue{Name: rabbittest.Prefix(t) + "work"}, "shop.Work", 0, errBoom)
	r.work(k)
	r.registry.MustRegister(r.metrics.Queues())
	r.mustSend(&k.Definition)
	r.reaches(1, `actorgen_dead_letters_total{actor="shop.Work",queue="`+k.Queue.Name+`",reason="retries_exhausted"}`)
	problems, err := testutil.GatherAndLint(r.registry)
	if err != nil || len(problems) > 0 {
		t.Errorf("got %v and %v, want no problem", problems, err)
	}
}

// The metrics of two brokers stand side by side, those of one broker only once.
func TestBrokersAreToldApart(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	for _, broker := range []string{"default", "analytics"} {
		transport := memory.New(memory.Config{})
		defer transport.Close()
		m := metrics.New(broker, transport)
		registry.MustRegister(m)
		registry.MustRegister(m.Queues())
		d := &actor.Definition{Name: "shop.Mail", Queue: actor.Queue{Name: "mail"}}
		stub := actor.NewStub(d).Via(actor.NewClient(transport, m.Client(actor.ClientConfig{})))
		if err := stub.Send(t.Context(), message(t, stub)); err != nil {
			t.Fatal(err)
		}
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	brokers := make(map[string]float64)
	for _, f := range families {
		if f.GetName() != "actorgen_sends_total" {
			continue
		}
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				if l.GetName() == "broker" {
					brokers[l.GetValue()] += m.GetCounter().GetValue()
				}
			}
		}
	}
	if len(brokers) != 2 || brokers["default"] != 1 || brokers["analytics"] != 1 {
		t.Errorf("got sends by broker %v, want one each", brokers)
	}
	var already prometheus.AlreadyRegisteredError
	if err := registry.Register(metrics.New("default", nil)); !errors.As(err, &already) {
		t.Errorf("got %v from the same broker again, want it refused", err)
	}
}

// discard is a transport that takes everything.
type discard struct{ actor.Transport }

func (discard) Publish(context.Context, []actor.Envelope) []error { return nil }

func sender(b testing.TB, metered bool) func() {
	transport := discard{memory.New(memory.Config{})}
	b.Cleanup(func() { transport.Close() })
	var config actor.ClientConfig
	if metered {
		config = metrics.New("default", transport).Client(config)
	} else {
		config.Middleware = []actor.SendMiddleware{func(next actor.Sender) actor.Sender { return next }}
	}
	d := &actor.Definition{Name: "shop.Mail", Queue: actor.Queue{Name: "mail"}}
	stub := actor.NewStub(d).Via(actor.NewClient(transport, config))
	ctx := context.Background()
	return func() {
		if err := stub.Send(ctx, message(b, stub)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSend shows what metrics cost a send, up to the transport.
func BenchmarkSend(b *testing.B) {
	for name, metered := range map[string]bool{"plain": false, "metered": true} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			send := sender(b, metered)
			for b.Loop() {
				send()
			}
		})
	}
}
