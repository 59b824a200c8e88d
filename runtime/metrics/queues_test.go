package metrics_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/memory"
	"github.com/actorgen/actorgen/runtime/metrics"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// depths collects what the broker tells of the queues.
func (r *rig) depths(queues ...actor.Queue) map[string]float64 {
	r.t.Helper()
	return gathered(r.t, registryOf(r.metrics.Queues(queues...)))
}

func registryOf(q *metrics.Queues) *prometheus.Registry {
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(q)
	return registry
}

func TestQueuesShowTheirDepth(t *testing.T) {
	r := openBroker(t, amqp.Config{URL: rabbittest.URL(t)})
	limited := actor.Queue{Name: rabbittest.Prefix(t) + "limited", MaxLength: 10}
	k := failing(limited, "shop.Work", 0, actor.Reject(errBoom))
	stop := r.work(k)
	r.mustSend(&k.Definition)
	r.reaches(1, `actorgen_dead_letters_total{actor="shop.Work",queue="`+limited.Name+`",reason="rejected"}`)
	label := `{queue="` + limited.Name + `"}`
	got := r.depths() // those of the worker
	if got["actorgen_queue_dead_messages"+label] != 1 || got["actorgen_queue_consumers"+label] != 1 || got["actorgen_queue_depths_up"] != 1 {
		t.Errorf("got %v, want one dead letter, one consumer, an answer", got)
	}
	stop()
	r.mustSend(&k.Definition)
	r.mustSend(&k.Definition)
	if errs := r.transport.Publish(t.Context(), []actor.Envelope{{ // a retry, which waits in the queue beside it
		ID: "retry", Actor: "shop.Work", Queue: &limited, Priority: actor.NoPriority, Attempt: 1,
		Confirm: true, Mandatory: true, Persistent: true, Timeout: soon,
	}}); errs != nil {
		t.Fatal(errs[0])
	}
	missing := actor.Queue{Name: "no." + limited.Name}
	got = r.depths(missing)
	if got["actorgen_queue_ready_messages"+label] != 3 || got["actorgen_queue_dead_messages"+label] != 1 || got["actorgen_queue_consumers"+label] != 0 {
		t.Errorf("got %v, want three ready, the retry among them, one dead letter, no consumer", got)
	}
	if len(got) != 4 || got["actorgen_queue_depths_up"] != 1 {
		t.Errorf("got %v, want nothing of a queue that does not exist, and an answer", got)
	}
}

// A program that only sends, and has named no queue, does not claim an answer about
// none.
func TestNoQueuesAreNoAnswer(t *testing.T) {
	r := openBroker(t, amqp.Config{URL: rabbittest.URL(t)})
	r.mustSend(mail(t))
	if got := r.depths(); len(got) != 0 {
		t.Errorf("got %v, want nothing", got)
	}
}

// A broker that does not answer holds up a scrape for two seconds at most, however
// many there are, and nothing else of it.
func TestScrapesOfASilentBrokerEnd(t *testing.T) {
	r, proxy := openProxied(t, rabbittest.URL(t))
	d := mail(t)
	r.mustSend(d)
	registry := registryOf(r.metrics.Queues(d.Queue))
	ready := `actorgen_queue_ready_messages{queue="` + d.Queue.Name + `"}`
	if got := gathered(t, registry); got[ready] != 1 {
		t.Fatalf("got %v, want one message ready", got)
	}
	proxy.Inject(rabbittest.ToClient, rabbittest.Fault{Swallow: true})
	if got := gathered(t, registry); got[ready] != 1 || got["actorgen_queue_depths_up"] != 1 {
		t.Errorf("got %v, want the answer of a moment ago", got)
	}

	fresh := registryOf(r.metrics.Queues(d.Queue)) // which has no answer yet
	const limit = 2*time.Second + 3*time.Second    // the machine may be busy
	began := time.Now()
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			if got := gathered(t, fresh); len(got) != 1 || got["actorgen_queue_depths_up"] != 0 {
				t.Errorf("got %v, want nothing but that the broker does not answer", got)
			}
		})
		all.Go(func() { gathered(t, r.registry) })
	}
	all.Wait()
	if took := time.Since(began); took > limit {
		t.Errorf("scrapes took %s, want 2s at most", took)
	}
	began = time.Now()
	gathered(t, fresh)
	if took := time.Since(began); took > time.Second {
		t.Errorf("the next scrape took %s, want the broker left alone for a while", took)
	}
}

// told is a transport that counts the questions for depths, and answers with their
// number unless it is silent.
type told struct {
	actor.Transport
	asked  int
	silent bool
}

func (b *told) Depths(_ context.Context, queues ...string) (map[string]amqp.Depth, error) {
	b.asked++
	if b.silent {
		return nil, context.DeadlineExceeded
	}
	depths := make(map[string]amqp.Depth)
	for _, q := range queues {
		depths[q] = amqp.Depth{Ready: b.asked}
	}
	return depths, nil
}

// The broker is asked every ten seconds at most, answering or not, and what it said
// is forgotten after a minute.
func TestDepthsAreAskedForSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := &told{Transport: memory.New(memory.Config{})}
		registry := registryOf(open(t, transport).metrics.Queues(actor.Queue{Name: "work"}))
		ready, up := `actorgen_queue_ready_messages{queue="work"}`, "actorgen_queue_depths_up"
		scrape := func(asked int, want map[string]float64) {
			t.Helper()
			got := gathered(t, registry)
			if transport.asked != asked || got[up] != want[up] || got[ready] != want[ready] {
				t.Errorf("got %v after %d questions, want %v after %d", got, transport.asked, want, asked)
			}
		}
		first := map[string]float64{up: 1, ready: 1}
		for range 5 {
			scrape(1, first)
			time.Sleep(time.Second)
		}
		time.Sleep(5 * time.Second)
		scrape(2, map[string]float64{up: 1, ready: 2})
		transport.silent = true
		time.Sleep(10 * time.Second)
		scrape(3, map[string]float64{up: 0, ready: 2})
		scrape(3, map[string]float64{up: 0, ready: 2})
		time.Sleep(51 * time.Second)
		scrape(4, map[string]float64{up: 0})
	})
}
