package amqp

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
)

// late is how much later than its limit a send may return on a busy machine.
const late = 4 * time.Second

// onChannel uses a channel of the bare library on a connection of its own.
func onChannel(t *testing.T, broker string, do func(ch *amqp.Channel) error) {
	t.Helper()
	conn, err := amqp.Dial(broker)
	if err != nil {
		t.Fatal("no connection of the bare library")
	}
	defer conn.Close()
	ch, err := conn.Channel()
	if err == nil {
		err = do(ch)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// take empties a queue and returns its messages in order. It reads up to one of
// its own, which comes last since queues are in order. It acknowledges what it
// has read: a broker counts what it has sent to an automatic consumer as done,
// even when that has gone.
func take(t *testing.T, broker, queue string) (came []amqp.Delivery) {
	t.Helper()
	onChannel(t, broker, func(ch *amqp.Channel) error {
		deliveries, err := ch.Consume(queue, "", false, false, false, false, nil)
		if err != nil {
			return err
		}
		last := rand.Text()
		if err := ch.Confirm(false); err != nil {
			return err
		}
		for acked := false; !acked; { // a full queue takes it once all are on their way to us
			confirm, err := ch.PublishWithDeferredConfirm("", queue, true, false, amqp.Publishing{MessageId: last})
			if err != nil {
				return err
			}
			acked = confirm.Wait()
		}
		patience := time.NewTimer(30 * time.Second)
		defer patience.Stop()
		for {
			select {
			case d, ok := <-deliveries:
				switch {
				case !ok:
					return errors.New("the channel that empties the queue was closed")
				case d.MessageId == last:
					if err := d.Ack(true); err != nil {
						return err
					}
					return ch.Close()
				}
				if came = append(came, d); len(came)%1000 == 0 { // quorum queues keep back more than 2,000
					if err := d.Ack(true); err != nil {
						return err
					}
				}
			case <-patience.C:
				return errors.New("the queue does not end")
			}
		}
	})
	return came
}

// takeIDs is take for those who want to know how often each message came.
func takeIDs(t *testing.T, broker, queue string) map[string]int {
	t.Helper()
	came := map[string]int{}
	for _, d := range take(t, broker, queue) {
		came[d.MessageId]++
	}
	return came
}

// holdsExactly empties a queue, which must hold each of the wanted messages
// once and no other.
func holdsExactly(t *testing.T, broker, queue string, want map[string]bool) {
	t.Helper()
	came := takeIDs(t, broker, queue)
	wrong := 0
	for id, n := range came {
		if n != 1 || !want[id] {
			wrong++
			t.Logf("message %s came %d times, wanted: %t", id, n, want[id])
		}
	}
	for id := range want {
		if came[id] == 0 {
			wrong++
			t.Logf("message %s is missing", id)
		}
	}
	if wrong > 0 {
		t.Errorf("queue %q: %d of %d messages are wrong", queue, wrong, len(want))
	}
}

// ids is a set that several goroutines fill.
type ids struct {
	mu  sync.Mutex
	set map[string]bool
}

func newIDs() *ids { return &ids{set: map[string]bool{}} }

func (s *ids) add(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.set[id] = true
}

func (s *ids) len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.set)
}

// innocents send from many goroutines while others misbehave, and fail the test
// if that costs them a message.
func innocents(t *testing.T, transport *Transport, q *actor.Queue, senders int) (end func() map[string]bool) {
	t.Helper()
	name, confirmed := rand.Text()[:6], newIDs()
	stop := underLoad(senders, func(id string) {
		e := testEnvelope(q, name+"-"+id)
		if err := send(transport, e); err != nil {
			t.Errorf("innocent message: got %v, want nil", err)
			time.Sleep(10 * time.Millisecond) // no flood of the same
			return
		}
		confirmed.add(e.ID)
	})
	eventually(t, "the innocent send", func() bool { return confirmed.len() > 0 })
	return func() map[string]bool {
		before := confirmed.len()
		eventually(t, "the innocent still send", func() bool { return confirmed.len() > before })
		stop()
		return confirmed.set
	}
}

// lanesOf returns the session and the channels on which the transport
// publishes. They are the same objects as long as nobody closed them.
func lanesOf(transport *Transport) [3]any {
	s, _ := transport.publishing.state()
	lanes := [3]any{s}
	for i, p := range []*publisher{transport.plain, transport.delayed} {
		p.mu.Lock()
		lanes[i+1] = p.lane
		p.mu.Unlock()
	}
	return lanes
}

// inFlightOf returns how many messages the broker has not confirmed.
func inFlightOf(p *publisher) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lane == nil {
		return 0
	}
	return len(p.lane.inflight)
}

// failure returns err's *PublishError, which must name the message e and have
// the outcome.
func failure(t *testing.T, err error, e actor.Envelope, outcome error) *actor.PublishError {
	t.Helper()
	var failed *actor.PublishError
	if !errors.As(err, &failed) || !errors.Is(err, outcome) {
		t.Errorf("message %.40s: got %v, want a *PublishError with outcome %q", e.ID, err, outcome)
		return &actor.PublishError{}
	}
	if failed.MessageID != e.ID || failed.Actor != e.Actor || failed.Queue != e.Destination() {
		t.Errorf("message %.40s: got an error of message %q of %s to %q", e.ID, failed.MessageID, failed.Actor, failed.Queue)
	}
	safe := outcome == actor.ErrNotSent || outcome == actor.ErrUnroutable
	if failed.SafeToRetry() != safe {
		t.Errorf("message %.40s: got SafeToRetry %t beside %q, want %t", e.ID, !safe, outcome, safe)
	}
	return failed
}

// records counts log records of a level by the value that one of their
// attributes has.
type records struct {
	slog.Handler
	key string

	mu    sync.Mutex
	count map[string]int
}

func recordsBy(key string) *records {
	return &records{Handler: slog.DiscardHandler, key: key, count: map[string]int{}}
}

func (r *records) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }
func (r *records) WithAttrs([]slog.Attr) slog.Handler               { return r }
func (r *records) Handle(_ context.Context, record slog.Record) error {
	record.Attrs(func(a slog.Attr) bool {
		if a.Key == r.key {
			r.mu.Lock()
			r.count[fmt.Sprint(a.Value)]++
			r.mu.Unlock()
		}
		return true
	})
	return nil
}

func (r *records) of(value string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.count[value]
}

// declareRaw makes a queue as somebody else would.
func declareRaw(t *testing.T, broker, name string, args amqp.Table) {
	t.Helper()
	onChannel(t, broker, func(ch *amqp.Channel) error {
		_, err := ch.QueueDeclare(name, true, false, false, false, args)
		return err
	})
}

func loggerOf(r *records) *slog.Logger { return slog.New(r) }
