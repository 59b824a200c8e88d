package amqp

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// history keeps what senders were told, and when they sent.
type history struct {
	mu    sync.Mutex
	sends []dispatch
}

type dispatch struct {
	id           string
	begun, ended time.Time
	err          error
}

func (h *history) send(transport *Transport, e actor.Envelope) {
	s := dispatch{id: e.ID, begun: time.Now()}
	s.err = send(transport, e)
	s.ended = time.Now()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sends = append(h.sends, s)
}

// after returns the sends that began after a time.
func (h *history) after(at time.Time) []dispatch {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(h.sends), func(s dispatch) bool { return s.begun.Before(at) })
}

func (h *history) eventually(t *testing.T, at time.Time, what string, holds func(dispatch) bool) {
	t.Helper()
	eventually(t, what, func() bool { return slices.ContainsFunc(h.after(at), holds) })
}

func confirmedSend(s dispatch) bool { return s.err == nil }

func TestQueueDeletedUnderSendersIsDeclaredAgain(t *testing.T) {
	t.Parallel()
	broker := rabbittest.URL(t)
	transport := dialTest(t, Config{URL: broker})
	q, h := testQueue(t), &history{}
	mustSend(t, transport, testEnvelope(q, "first"))
	end := underLoad(32, func(id string) { h.send(transport, testEnvelope(q, id)) })
	var deleted time.Time
	for range 4 {
		h.eventually(t, time.Now(), "they send", confirmedSend)
		deleteQueue(t, q.Name)
		deleted = time.Now()
	}
	h.eventually(t, deleted, "they go on", confirmedSend)
	end()
	// Nobody hears of it, but what was in the deleted queue is gone.
	for _, s := range h.sends {
		if s.err != nil {
			t.Errorf("message %s: got %v after %s, want the queue declared anew", s.id, s.err, s.ended.Sub(s.begun))
		}
	}
	came := takeIDs(t, broker, q.Name)
	for _, s := range h.after(deleted) {
		if came[s.id] == 0 {
			t.Errorf("message %s, sent after the last deletion: confirmed and lost", s.id)
		}
	}
	onChannel(t, broker, func(ch *amqp.Channel) error { // as it ought to be
		_, err := ch.QueueDeclare(q.Name, true, false, false, false, layout.Main(q).Args)
		return err
	})
}

func TestQueueDeletedUnderSendersWhoMayNotDeclare(t *testing.T) {
	t.Parallel()
	broker := rabbittest.URL(t)
	for _, mode := range []Declare{DeclareCheck, DeclareNever} {
		t.Run(string(mode), func(t *testing.T) {
			transport := dialTest(t, Config{URL: broker, Declare: mode})
			q, h := testQueue(t), &history{}
			declareRaw(t, broker, q.Name, layout.Main(q).Args)
			end := underLoad(32, func(id string) { h.send(transport, testEnvelope(q, id)) })
			h.eventually(t, time.Now(), "they send", confirmedSend)
			deleteQueue(t, q.Name)
			deleted := time.Now()
			h.eventually(t, deleted, "they are told", func(s dispatch) bool { return errors.Is(s.err, actor.ErrUnroutable) })
			apart := time.Now()
			if exists(t, q.Name) {
				t.Error("the queue was declared")
			}
			// Somebody makes it again, of another type: what routes is sent.
			declareRaw(t, broker, q.Name, amqp.Table{"x-queue-type": "classic"})
			again := time.Now()
			h.eventually(t, again, "they go on", confirmedSend)
			end()
			came := takeIDs(t, broker, q.Name)
			for _, s := range h.after(deleted) {
				switch {
				case s.ended.Before(apart) && !errors.Is(s.err, actor.ErrUnroutable):
					t.Errorf("message %s, sent while there was no queue: got %v, want ErrUnroutable", s.id, s.err)
				case s.begun.After(again) && s.err != nil:
					t.Errorf("message %s, sent when there was a queue again: got %v, want nil", s.id, s.err)
				case s.err == nil && came[s.id] != 1, s.err != nil && came[s.id] != 0:
					t.Errorf("message %s: got %v, and it came %d times", s.id, s.err, came[s.id])
				}
			}
		})
	}
}

// Delays find their queue by a binding, which nobody can ask for: while it is
// missing they are kept apart, and none blocks the others.
func TestQueueRecreatedWithoutItsDelayBinding(t *testing.T) {
	t.Parallel()
	broker := rabbittest.URL(t)
	transport := dialTest(t, Config{URL: broker, MaxDelay: time.Second})
	q := testQueue(t)
	prefix := q.Name + "."
	delayed := func(id string) actor.Envelope {
		e := testEnvelope(q, id)
		e.Prefix, e.Delay = prefix, layout.Step
		return e
	}
	mustSend(t, transport, delayed("before"))
	awaitHeld(t, broker, q.Name, 1)
	deleteQueue(t, q.Name)
	declareRaw(t, broker, q.Name, amqp.Table{"x-queue-type": "classic"})
	mustSend(t, transport, delayed("in between"))
	mustSend(t, transport, testEnvelope(q, "at once")) // routes all the same
	awaitHeld(t, broker, layout.Lost(prefix), 1)
	holdsExactly(t, broker, layout.Lost(prefix), map[string]bool{"in between": true})
	holdsExactly(t, broker, q.Name, map[string]bool{"at once": true})

	// A declaration mends it, though the queue contradicts.
	said := recordsBy("name")
	other := dialTest(t, Config{URL: broker, MaxDelay: time.Second, Logger: loggerOf(said)})
	for i := range 3 {
		mustSend(t, other, delayed(fmt.Sprint("after", i)))
	}
	awaitHeld(t, broker, q.Name, 3)
	holdsExactly(t, broker, q.Name, map[string]bool{"after0": true, "after1": true, "after2": true})
	if n := said.of(q.Name); n != 1 {
		t.Errorf("got the contradiction logged %d times, want once", n)
	}
}

// awaitHeld waits until a queue holds n messages.
func awaitHeld(t *testing.T, broker, queue string, n int) {
	t.Helper()
	onChannel(t, broker, func(ch *amqp.Channel) error {
		var err error
		eventually(t, fmt.Sprintf("queue %q holds %d messages", queue, n), func() bool {
			var found amqp.Queue
			found, err = ch.QueueDeclarePassive(queue, true, false, false, false, nil)
			return err != nil || found.Messages >= n
		})
		return err
	})
}
