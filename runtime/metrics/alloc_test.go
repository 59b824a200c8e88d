//go:build !race

package metrics_test

import (
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/metrics"
)

// The race detector makes pools forget, so allocations are counted without it.

func TestMetricsAddNoAllocationsToASend(t *testing.T) {
	plain, metered := testing.AllocsPerRun(1000, sender(t, false)), testing.AllocsPerRun(1000, sender(t, true))
	if metered > plain {
		t.Errorf("got %v allocations for a send with metrics, %v without, want no more", metered, plain)
	}
}

func TestMetricsAddNoAllocationsToARun(t *testing.T) {
	m := metrics.New("default", nil)
	prometheus.NewPedanticRegistry().MustRegister(m)
	observe := m.Worker(actor.WorkerConfig{}).Observers[0]
	done := actor.Conclusion{
		Facts: actor.Facts{Queue: "mail"}, Definition: &actor.Definition{Name: "shop.Mail"},
		Outcome: actor.TaskDone, Started: time.Now(), Due: time.Now(), Took: time.Second,
	}
	if got := testing.AllocsPerRun(1000, func() { observe(done) }); got > 0 {
		t.Errorf("got %v allocations for a run that is done, want none", got)
	}
}
