package amqp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

func TestCarefulStart(t *testing.T) {
	const settled = -1 // a suspect, at last
	for _, c := range []struct {
		name   string
		start  careful
		wanted int
		counts []int // of deliveries
		want   []int // allowed before the first delivery and after each
	}{
		{"opens after three calm deliveries", careful{}, 32, []int{0, 2, 1, 0}, []int{1, 2, 3, 32, 32}},
		{"after trouble each lets one more come", careful{wary: true}, 32, []int{0, 2, 1, 0}, []int{1, 2, 3, 4, 5}},
		{"suspects run alone", careful{}, 32, []int{3, settled, 3, settled, 0, 0}, []int{1, 1, 1, 1, 1, 2, 3}},
		{"a suspect among many closes it", careful{}, 32, []int{0, 0, 0, 20, settled, 0, 0, 0, 0}, []int{1, 2, 3, 32, 1, 1, 2, 3, 4, 5}},
		{"and keeps it closed until it is settled", careful{}, 32, []int{0, 3, 4, 0, settled, 0, 0, settled, 0}, []int{1, 2, 1, 1, 1, 1, 1, 1, 1, 2}},
		{"never more than wanted", careful{}, 2, []int{0, 0, 0}, []int{1, 2, 2, 2}},
		{"after trouble neither", careful{wary: true}, 2, []int{0, 0, 0}, []int{1, 2, 2, 2}},
	} {
		s := c.start
		got := []int{s.allow(c.wanted)}
		for _, count := range c.counts {
			if count == settled {
				s.clear()
			} else {
				s.see(count)
			}
			got = append(got, s.allow(c.wanted))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

// A suspect runs alone, and costs those behind it next to nothing of their own
// limit, however large the prefetch may be. Workers that opened it wide at once,
// after each of many lost connections, handed hundreds back to each other at every
// suspect, until those were at their limits too.
func TestSuspectRunsAloneAtLittleCost(t *testing.T) {
	t.Parallel()
	broker := rabbittest.URL(t)
	proxy, via := proxyTo(t, broker)
	q := testQueue(t)
	c := mustConsume(t, dialTest(t, Config{URL: via}), q, 500)
	proxy.Refuse() // so that all is there when it comes back
	proxy.Reset()
	const calm, all = 5, 300
	onChannel(t, broker, func(ch *amqp.Channel) error {
		if err := ch.Confirm(false); err != nil { // what nobody confirms a closing channel may lose
			return err
		}
		for i := range all {
			m := amqp.Publishing{MessageId: fmt.Sprint(i), Type: "test.Task"}
			if i == calm { // the broker passes on what it has no count for itself
				m.Headers = amqp.Table{"x-delivery-count": int64(suspectCount)}
			}
			confirm, err := ch.PublishWithDeferredConfirm("", q.Name, true, false, m)
			if err != nil {
				return err
			}
			if !confirm.Wait() {
				return fmt.Errorf("message %d was not confirmed", i)
			}
		}
		return nil
	})
	eventually(t, "all are in the queue", func() bool { return ready(t, broker, q.Name) == all })
	if err := proxy.Restore(); err != nil {
		t.Fatal(err)
	}

	suspect := fmt.Sprint(calm)
	acked := 0
	for d := mustReceive(t, c); d.ID != suspect; d = mustReceive(t, c) {
		if err := d.Settlement.Ack(true); err != nil {
			t.Fatal(err)
		}
		acked++
	}
	beside, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if d, err := c.Receive(beside); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %+v, %v beside a suspect, want it to be alone", d, err)
	}
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	left, costly := take(t, broker, q.Name), 0
	for _, d := range left {
		if count, _ := d.Headers["x-delivery-count"].(int64); d.MessageId != suspect && count > 0 {
			costly++
		}
	}
	if most := 3 * calm; costly > most || acked+len(left) != all {
		t.Errorf("got a delivery counted for %d of %d messages, want that for %d of %d at most", costly, len(left), most, all-acked)
	}
}
