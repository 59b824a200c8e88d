package amqp

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

var ackModes = []actor.AckMode{actor.AckSync, actor.AckAsync, actor.AckNone}

// ackTable has an actor for each mode, named after it, on one queue. Tasks whose
// ID ends with 0 fail the first time.
func ackTable(q *actor.Queue, ran *runs) (table actor.Table) {
	for _, mode := range ackModes {
		policy := actor.WorkPolicy{Ack: &mode, MinBackoff: new(10 * time.Millisecond), MaxBackoff: new(20 * time.Millisecond)}
		table = append(table, actor.Entry{
			Definition: &actor.Definition{Name: mode.String(), Queue: *q, Work: policy},
			Bind: func(actor.Message) (actor.Task, error) {
				return func(ctx context.Context) error {
					facts, _ := actor.DeliveryFacts(ctx)
					ran.add(facts.ID)
					if facts.Attempt == 0 && fails(facts.ID) {
						return errors.New("fails the first time")
					}
					return nil
				}, nil
			},
		})
	}
	return table
}

func fails(id string) bool { return id[len(id)-1] == '0' }

// Actors of one queue may differ in how their tasks are acknowledged, though
// their acknowledgements share a channel.
func TestWorkerMixesAckModesInOneQueue(t *testing.T) {
	const each = 300
	broker := rabbittest.URL(t)
	transport, q := dialTest(t, Config{URL: broker}), testQueue(t)
	var ran runs
	w := workOn(t, transport, actor.WorkerConfig{Concurrency: 8}, ackTable(q, &ran))
	want, dead := map[string]int{}, map[string]bool{}
	for i := range each {
		for _, mode := range ackModes {
			e := testEnvelope(q, fmt.Sprintf("%s-%d", mode, i))
			e.Actor = mode.String()
			e.Body = []byte{0x80}
			mustSend(t, transport, e)
			want[e.ID] = 1
			switch {
			case !fails(e.ID):
			case mode == actor.AckNone:
				dead[e.ID] = true // at most once: it is not run again
			default:
				want[e.ID] = 2
			}
		}
	}
	eventually(t, "every task has run", func() bool {
		for id, n := range want {
			if ran.of(id) < n {
				return false
			}
		}
		return true
	})
	if err := w.stop(); err != nil {
		t.Errorf("stop: got %v, want nil", err)
	}
	for id, n := range want {
		if got := ran.of(id); got != n {
			t.Errorf("task %s: got %d runs, want %d", id, got, n)
		}
	}
	holdsExactly(t, broker, q.Name, nil)
	holdsExactly(t, broker, q.DeadLetterName(), dead)
}

// Under lost connections a task that is acknowledged first runs once at most,
// and the others once at least, side by side.
func TestMixedAckModesUnderResets(t *testing.T) {
	const each, resets, slots = 300, 5, 8
	broker := rabbittest.URL(t)
	proxy, via := proxyTo(t, broker)
	sender, transport, q := dialTest(t, Config{URL: broker}), dialTest(t, Config{URL: via}), testQueue(t)
	var ran runs
	w := workOn(t, transport, actor.WorkerConfig{Concurrency: slots}, ackTable(q, &ran))
	var atLeast []string
	for i := range each {
		for _, mode := range ackModes {
			e := testEnvelope(q, fmt.Sprintf("%s-%d", mode, 10*i+1)) // none fails
			e.Actor = mode.String()
			e.Body = []byte{0x80}
			mustSend(t, sender, e)
			if mode != actor.AckNone {
				atLeast = append(atLeast, e.ID)
			}
		}
		if i%(each/resets) == 30 {
			proxy.Reset()
		}
	}
	eventually(t, "every task has run", func() bool {
		for _, id := range atLeast {
			if ran.of(id) == 0 {
				return false
			}
		}
		return ready(t, broker, q.Name) == 0
	})
	if err := w.stop(); err != nil {
		t.Errorf("stop: got %v, want nil", err)
	}
	lost := 0
	for i := range each {
		switch n := ran.of(fmt.Sprintf("%s-%d", actor.AckNone, 10*i+1)); {
		case n > 1:
			t.Errorf("task %d, at most once: got %d runs", i, n)
		case n == 0:
			lost++
		}
	}
	if limit := resets * slots; lost > limit {
		t.Errorf("got %d of %d tasks lost that are acknowledged first, want at most one for each slot and reset, %d", lost, each, limit)
	}
	holdsExactly(t, broker, q.Name, nil)
	holdsExactly(t, broker, q.DeadLetterName(), nil)
}
