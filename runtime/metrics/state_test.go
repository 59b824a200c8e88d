package metrics_test

import (
	"context"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/memory"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// A connection that is lost while a task runs shows as lost, as made again, and in
// the acknowledgement that could not be sent.
func TestLostConnectionsAreCounted(t *testing.T) {
	r, proxy := openProxied(t, rabbittest.URL(t))
	running, release := make(chan struct{}, 10), make(chan struct{})
	k := failing(actor.Queue{Name: rabbittest.Prefix(t) + "work"}, "shop.Work", 1, nil)
	k.Work.Timeout = nil
	k.run = func(context.Context) error { running <- struct{}{}; <-release; return nil }
	r.work(k)
	r.is(2, "actorgen_connects_total")
	r.is(1, `actorgen_connection_up{connection="publish"}`, `actorgen_connection_up{connection="consume"}`)
	r.is(0, "actorgen_connections_lost_total", "actorgen_stale_acks_total")
	r.mustSend(&k.Definition)
	<-running
	proxy.Refuse()
	proxy.Reset()
	r.reaches(2, "actorgen_connections_lost_total")
	r.reaches(0, `actorgen_connection_up{connection="publish"}`, `actorgen_connection_up{connection="consume"}`)
	close(release)
	r.reaches(1, "actorgen_stale_acks_total")
	if err := proxy.Restore(); err != nil {
		t.Fatal(err)
	}
	r.reaches(4, "actorgen_connects_total")
	r.reaches(1, `actorgen_deliveries_total{actor="shop.Work",outcome="repeated",queue="`+k.Queue.Name+`"}`)
}

func TestBlockedBrokerShows(t *testing.T) {
	node := rabbittest.MustStart(t, rabbittest.Options{})
	watermark := func(w string) {
		t.Helper()
		if _, err := node.Ctl(t.Context(), "set_vm_memory_high_watermark", w); err != nil {
			t.Fatal(err)
		}
	}
	r := openBroker(t, amqp.Config{URL: node.URL()})
	d := mail(t)
	r.mustSend(d)
	blocked := `actorgen_connection_blocked{connection="publish"}`
	r.is(0, blocked)
	watermark("0.00001")
	for value := 0.0; value != 1; value = gathered(t, r.registry)[blocked] {
		r.send(impatient(*d)) // a broker tells those who publish
	}
	r.is(1, blocked, `actorgen_connection_up{connection="publish"}`)
	if got := r.depths(d.Queue); got["actorgen_queue_depths_up"] != 1 {
		t.Errorf("got %v, want the depth told while publishers are blocked", got)
	}
	watermark("0.4")
	r.reaches(0, blocked)
}

// Transports that have no connections show none.
func TestMemoryHasNoConnections(t *testing.T) {
	r := open(t, memory.New(memory.Config{}))
	for series := range gathered(t, r.registry) {
		t.Errorf("got %s of an idle client in memory, want nothing", series)
	}
}
