package amqp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// Close at any time: every call returns, every goroutine ends, every outcome is true.
func TestCloseAtAnyTime(t *testing.T) {
	broker := rabbittest.URL(t)
	q := testQueue(t)
	r := &rig{broker: broker, queue: q, prefix: q.Name + ".", journal: newJournal()}
	declared(t, broker, q, r.prefix)
	before := goleak.IgnoreCurrent()
	t.Run("transports", func(t *testing.T) {
		for round := range 10 {
			t.Run(fmt.Sprint("in the middle of everything ", round), func(t *testing.T) {
				t.Parallel()
				r.closeInTheMiddle(t, round)
			})
		}
		for name, prepare := range closing {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				proxy, via := proxyTo(t, broker)
				transport := dialTest(t, Config{URL: via})
				prepare(t, proxy, transport, testQueue(t))
				start := time.Now()
				if err := transport.Close(); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(start); took > 15*time.Second {
					t.Errorf("Close: took %s", took)
				}
			})
		}
	})
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
	r.journal.check(t, r.read(t))
}

// closing are states in which transports are closed.
var closing = map[string]func(t *testing.T, proxy *rabbittest.Proxy, transport *Transport, q *actor.Queue){
	"idle": func(*testing.T, *rabbittest.Proxy, *Transport, *actor.Queue) {},
	"used": func(t *testing.T, _ *rabbittest.Proxy, transport *Transport, q *actor.Queue) {
		mustSend(t, transport, testEnvelope(q, "a"))
		delayed := testEnvelope(q, "b")
		delayed.Delay = time.Second
		mustSend(t, transport, delayed)
		mustReceive(t, mustConsume(t, transport, q, 10))
	},
	"disconnected": func(t *testing.T, proxy *rabbittest.Proxy, transport *Transport, q *actor.Queue) {
		mustSend(t, transport, testEnvelope(q, "a"))
		mustReceive(t, mustConsume(t, transport, q, 10))
		proxy.Refuse()
		proxy.Reset()
	},
	"in a black hole": func(t *testing.T, proxy *rabbittest.Proxy, transport *Transport, q *actor.Queue) {
		mustSend(t, transport, testEnvelope(q, "a"))
		mustReceive(t, mustConsume(t, transport, q, 10))
		proxy.Inject(rabbittest.ToBroker, rabbittest.Fault{Swallow: true})
		go send(transport, testEnvelope(q, "unheard"))
	},
}

// closeInTheMiddle closes a transport that sends, delays and consumes, after one
// of five faults.
func (r *rig) closeInTheMiddle(t *testing.T, round int) {
	proxy, via := proxyTo(t, r.broker)
	transport, err := Dial(t.Context(), Config{
		URL: via, MaxDelay: maxHeld, Lazy: round%5 == 4, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	var users sync.WaitGroup
	start, by := time.Now(), &sender{name: fmt.Sprint("user of round ", round), free: true}
	for k := range 12 {
		users.Go(func() {
			for i := 0; r.sendUntilClosed(transport, by, k, fmt.Sprintf("r%d-%d-%d", round, k, i)); i++ {
			}
		})
	}
	users.Go(func() { consumeUntilClosed(transport, &actor.Queue{Name: r.queue.Name + "-c"}) })
	if round >= 5 { // the others are closed whatever they have got to
		eventually(t, "messages are confirmed", func() bool { return r.journal.succeeds([]*sender{by}, start) })
	}
	time.Sleep(rand.N(150 * time.Millisecond))
	switch round % 5 {
	case 1:
		proxy.Reset()
	case 2:
		proxy.Refuse()
		proxy.Reset()
	case 3:
		proxy.Inject(rabbittest.Direction(rand.N(2)), rabbittest.Fault{Swallow: true})
	}
	time.Sleep(rand.N(30 * time.Millisecond))
	start = time.Now()
	var closers sync.WaitGroup
	for range 2 {
		closers.Go(func() { transport.Close() })
	}
	closers.Wait()
	if took := time.Since(start); took > 6*time.Second {
		t.Errorf("Close took %s", took)
	}
	users.Wait()
	proxy.Close()
}

// sendUntilClosed makes one call and says whether to go on. Some users send
// batches, some with the same ID twice, some with delays.
func (r *rig) sendUntilClosed(transport *Transport, by *sender, user int, name string) bool {
	batch := make([]actor.Envelope, 1+rand.N(20)*(user%2))
	for i := range batch {
		batch[i] = testEnvelope(r.queue, fmt.Sprint(name, "-", i))
		batch[i].Prefix, batch[i].Timeout = r.prefix, 3*time.Second
		if user%4 == 3 {
			batch[i].Delay = rand.N(heldFor)
		}
	}
	twin := user%3 == 0 && len(batch) > 2
	if twin {
		batch[1].ID = batch[0].ID
	}
	errs := transport.Publish(context.Background(), batch)
	if errs == nil {
		errs = make([]error, len(batch))
	}
	closed := false
	for i, err := range errs {
		closed = closed || errors.Is(err, actor.ErrClosed)
		switch {
		case twin && i == 0: // entered with the other
		case twin && i == 1:
			r.journal.tell(by, batch[i].ID, ofTwins(errs[0], err))
		default:
			r.journal.tell(by, batch[i].ID, err)
		}
	}
	return !closed
}

// ofTwins is what two messages of one ID were told together: the queue holds it
// if one was confirmed, and may if one was sent.
func ofTwins(one, other error) error {
	switch {
	case one == nil || other == nil:
		return nil
	case errors.Is(one, actor.ErrNotSent):
		return other
	}
	return one
}

func consumeUntilClosed(transport *Transport, q *actor.Queue) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	c, err := transport.Consume(ctx, actor.Subscription{Queue: q, Prefetch: 10})
	if err != nil {
		return
	}
	for {
		d, err := c.Receive(ctx)
		if err != nil {
			_ = c.Stop(ctx)
			_ = c.Close(ctx)
			return
		}
		_ = d.Settlement.Ack(true)
	}
}
