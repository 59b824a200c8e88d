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
		wanted int
		counts []int // of deliveries
		want   []int // allowed before the first delivery and after each
	}{
		{"each calm delivery lets one more come", 32, []int{0, 2, 1, 0}, []int{1, 2, 3, 4, 5}},
		{"suspects run alone", 32, []int{3, settled, 3, settled, 0, 0}, []int{1, 1, 1, 1, 1, 2, 3}},
		{"a suspect among many closes it", 32, []int{0, 0, 0, 20, settled, 0}, []int{1, 2, 3, 4, 1, 1, 2}},
		{"and keeps it closed until it is settled", 32, []int{0, 3, 4, 0, settled, 0, 0, settled, 0}, []int{1, 2, 1, 1, 1, 1, 1, 1, 1, 2}},
		{"never more than wanted", 2, []int{0, 0, 0}, []int{1, 2, 2, 2}},
	} {
		var s careful
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
// limit, however large the prefetch may be. Workers that opened it wide at once
// handed hundreds back to each other at every suspect, until those were at their
// limits too.
func TestSuspectRunsAloneAtLittleCost(t *testing.T) {
	t.Parallel()
	broker := rabbittest.URL(t)
	transport := dialTest(t, Config{URL: broker})
	q := testQueue(t)
	const before, all = 5, 300
	for i := range all {
		mustSend(t, transport, testEnvelope(q, fmt.Sprint(i)))
	}
	suspect := suspectAmong(t, broker, q.Name, all, before)

	c := mustConsume(t, transport, q, 500)
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
		if count, _ := d.Headers["x-delivery-count"].(int64); d.MessageId != suspect && count > 1 {
			costly++
		}
	}
	if most := 3 * before; costly > most || acked+len(left) != all {
		t.Errorf("got another delivery counted for %d of %d messages, want that for %d of %d at most", costly, len(left), most, all-acked)
	}
}

// suspectAmong takes all n messages out of a queue, one of them several times, and
// hands them back: some others, then that one, then the rest.
func suspectAmong(t *testing.T, broker, queue string, n, some int) (suspect string) {
	t.Helper()
	onChannel(t, broker, func(ch *amqp.Channel) error {
		var returned amqp.Delivery
		var others []amqp.Delivery
		for returned.DeliveryTag == 0 || len(others) < n-1 {
			d, ok, err := ch.Get(queue, false)
			if err != nil {
				return err
			}
			count, _ := d.Headers["x-delivery-count"].(int64)
			switch {
			case !ok: // it is on its way back
			case suspect != "" && d.MessageId != suspect:
				others = append(others, d)
			case count == suspectCount:
				returned = d
			default:
				suspect = d.MessageId
				if err := d.Nack(false, true); err != nil {
					return err
				}
			}
		}
		back := 0
		for _, part := range [][]amqp.Delivery{others[:some], {returned}, others[some:]} {
			for _, d := range part {
				if err := d.Nack(false, true); err != nil {
					return err
				}
			}
			back += len(part)
			eventually(t, "a part is back", func() bool { return ready(t, broker, queue) == back })
		}
		return nil
	})
	return suspect
}
