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
func TestCloseInTheMiddleOfEverything(t *testing.T) {
	broker := rabbittest.URL(t)
	q := testQueue(t)
	told := &outcomes{err: map[string]error{}}
	before := goleak.IgnoreCurrent()
	for round := range 10 {
		proxy, via := proxyTo(t, broker)
		transport, err := Dial(t.Context(), Config{URL: via, Lazy: round%5 == 4, Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		var users sync.WaitGroup
		for k := range 12 {
			users.Go(func() {
				for i := 0; ; i++ {
					batch := make([]actor.Envelope, 1+rand.N(20)*(k%2))
					for j := range batch {
						batch[j] = testEnvelope(q, fmt.Sprintf("r%d-%d-%d-%d", round, k, i, j))
						batch[j].Timeout = 3 * time.Second
						if k%3 == 0 && len(batch) > 2 && j == 1 {
							batch[j].ID = batch[0].ID // the same twice in one batch
						}
						if k%4 == 3 {
							batch[j].Delay = rand.N(600 * time.Millisecond)
						}
					}
					errs := transport.Publish(context.Background(), batch)
					closed := false
					for j := range batch {
						var err error
						if errs != nil {
							err = errs[j]
						}
						closed = closed || errors.Is(err, actor.ErrClosed)
						told.mu.Lock()
						if old, ok := told.err[batch[j].ID]; !ok || old != nil && !errors.Is(old, actor.ErrOutcomeUnknown) {
							told.err[batch[j].ID] = err
						}
						told.mu.Unlock()
					}
					if closed {
						return
					}
				}
			})
		}
		users.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			other := &actor.Queue{Name: q.Name + "-c"}
			c, err := transport.Consume(ctx, actor.Subscription{Queue: other, Prefetch: 10})
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
		})
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
		start := time.Now()
		var closers sync.WaitGroup
		for range 2 {
			closers.Go(func() { transport.Close() })
		}
		closers.Wait()
		if took := time.Since(start); took > 6*time.Second {
			t.Errorf("round %d: Close took %s", round, took)
		}
		users.Wait()
		proxy.Close()
	}
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
	time.Sleep(time.Second)
	told.check(t, drain(t, q))
}
