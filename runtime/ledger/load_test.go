package ledger

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// load is senders at a bounded rate. They hold back while too much is unended.
type load struct {
	rig *rig

	mu   sync.Mutex
	stop chan struct{} // nil while nobody sends
	all  sync.WaitGroup
}

const (
	// singles and hasty are senders of one message at a time; the hasty ones
	// give up soon. One more sends batches.
	singles, hasty = 3, 1
	sendPause      = 20 * time.Millisecond
	batchPause     = 10 * sendPause
	batchSize      = 20
	// mostOpen bounds the messages that have not ended.
	mostOpen = 2000
)

const (
	// lasting outlives every fault, brief does not.
	lasting = 2 * time.Minute
	brief   = 500 * time.Millisecond
)

func newLoad(r *rig) *load { return &load{rig: r} }

// resume sets the senders to work.
func (l *load) resume() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stop != nil {
		return
	}
	stop := make(chan struct{})
	l.stop = stop
	for range singles {
		l.all.Go(func() { l.repeat(stop, sendPause, func() { _ = l.rig.send(lasting, mixed(), 1) }) })
	}
	for range hasty {
		l.all.Go(func() { l.repeat(stop, sendPause, func() { _ = l.rig.send(brief, mixed(), 1) }) })
	}
	l.all.Go(func() { l.repeat(stop, batchPause, func() { _ = l.rig.send(lasting, mixed(), batchSize) }) })
}

// pause ends sending and waits for the sends under way.
func (l *load) pause() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stop != nil {
		close(l.stop)
		l.stop = nil
	}
	l.all.Wait()
}

func (l *load) repeat(stop <-chan struct{}, pause time.Duration, send func()) {
	ticks := time.NewTicker(pause)
	defer ticks.Stop()
	for {
		select {
		case <-stop:
			return
		case <-ticks.C:
			if l.rig.ledger.open() < mostOpen {
				send()
			}
		}
	}
}

// send sends n messages of a kind to each actor in turn. Their IDs are returned.
func (r *rig) send(timeout time.Duration, k kind, n int) (ids []string) {
	messages := make([]actor.Message, n)
	for i := range messages {
		number := r.numbers.Add(1)
		messages[i] = message(r.definitions[number%int64(len(r.definitions))], k, fmt.Sprint(number))
		ids = append(ids, messages[i].ID)
	}
	r.publish(timeout, messages)
	return ids
}

// sendTo sends messages of a kind to one actor.
func (r *rig) sendTo(d *actor.Definition, timeout time.Duration, k kind, n int) (ids []string) {
	messages := make([]actor.Message, n)
	for i := range messages {
		messages[i] = message(d, k, fmt.Sprint(r.numbers.Add(1)))
		ids = append(ids, messages[i].ID)
	}
	r.publish(timeout, messages)
	return ids
}

// publish sends; what becomes of it is in the ledger.
func (r *rig) publish(timeout time.Duration, messages []actor.Message) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	_ = r.client.Publish(ctx, messages...)
}
