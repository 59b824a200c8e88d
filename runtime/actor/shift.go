package actor

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// shift is one call of Worker.Run: its consumers and its goroutines. Each
// queue has a feeder that receives its deliveries and passes them to the slots,
// which run them.
type shift struct {
	worker *Worker
	queues []*workedQueue
	// handler is the middleware around the function.
	handler Handler
	// handlers is the context of all handlers; it ends when they are cancelled.
	handlers context.Context
	cancel   context.CancelCauseFunc
	// feeding ends when no more deliveries are to be begun.
	feeding context.Context
	// settling is the context of retries and dead letters under way.
	settling context.Context
	abandon  context.CancelFunc

	// runs passes deliveries to the slots: unbuffered, so that what no slot
	// has taken yet can be handed back, and first come first served among the
	// feeders, so that a flooded queue does not starve a quiet one.
	runs    chan *run
	feeders sync.WaitGroup
	slots   sync.WaitGroup
	// settlements are those that outlive their slot.
	settlements sync.WaitGroup

	// silent says that the broker has not answered in time when it was to stop
	// delivering. It belongs to Run's goroutine.
	silent bool

	mu sync.Mutex
	// unstarted are deliveries that no slot took before the drain began; they
	// go back once nothing new comes, or they would come again at once.
	unstarted []*run
	unknown   onceEach // names of unknown actors that were logged
}

// workedQueue is a planned queue with its consumer.
type workedQueue struct {
	*plannedQueue
	consumer Consumer
	prefetch *prefetch
	finished finished
	// places limits how many of the queue's messages run at a time.
	places chan struct{}
	// offered is the run that the feeder passes on, nil while it has none.
	offered atomic.Pointer[run]
}

// run is one delivery on its way through the worker.
type run struct {
	delivery *Delivery
	queue    *workedQueue
	task     Task
	// claimed says that the run was begun, or handed back.
	claimed atomic.Bool

	identity   identity
	prev, next *run // in the ring of runs under way; guarded like settlement
	// settlement is the delivery's, or that of its redelivery. It is guarded
	// by the queue's memory of finished runs.
	settlement Settlement
	// acknowledged says that the delivery was acknowledged before the run.
	acknowledged bool
	// result is what a called task has returned, encoded.
	result []byte
	// context is the handler's.
	context taskContext
}

func newRun(q *workedQueue, d *Delivery) *run {
	return &run{delivery: d, queue: q, settlement: d.Settlement}
}

type runKey struct{}

func newShift(ctx context.Context, w *Worker, p *plan) *shift {
	// Values of ctx reach the handlers; its end does not, they drain.
	base := NewBrokerContext(context.WithoutCancel(ctx), w.config.Broker, w.client)
	s := &shift{worker: w, handler: runTask, runs: make(chan *run)}
	s.handlers, s.cancel = context.WithCancelCause(base)
	s.settling, s.abandon = context.WithCancel(base)
	for _, wrap := range slices.Backward(w.config.Middleware) {
		s.handler = wrap(s.handler)
	}
	for i := range p.queues {
		q := &p.queues[i]
		places := w.config.Concurrency
		if q.queue.Concurrency > 0 {
			places = min(places, q.queue.Concurrency)
		}
		s.queues = append(s.queues, &workedQueue{
			plannedQueue: q,
			places:       make(chan struct{}, places),
			prefetch:     newPrefetch(&q.queue, w.config.Prefetch, places),
		})
	}
	return s
}

func (s *shift) subscribe(ctx context.Context) error {
	for _, q := range s.queues {
		consumer, err := s.worker.client.transport.Consume(ctx, Subscription{
			Queue:    &q.queue,
			Prefix:   s.worker.client.config.QueuePrefix,
			Prefetch: q.prefetch.size,
			MaxWait:  maxUnstarted,
		})
		if err != nil {
			return err
		}
		q.consumer = consumer
	}
	return nil
}

// work runs tasks until ctx ends, which is no error, or the transport is
// closed, which is.
func (s *shift) work(ctx context.Context) error {
	feeding, stop := context.WithCancelCause(ctx)
	s.feeding = feeding
	defer stop(nil)
	for range s.worker.config.Concurrency {
		s.slots.Go(s.slot)
	}
	for _, q := range s.queues {
		s.feeders.Go(func() {
			if err := s.feed(feeding, q); err != nil {
				stop(err)
			}
		})
	}
	s.feeders.Wait()
	close(s.runs)
	if ctx.Err() == nil {
		return context.Cause(feeding)
	}
	return nil
}

// feed receives deliveries until ctx ends.
func (s *shift) feed(ctx context.Context, q *workedQueue) error {
	var held sync.WaitGroup
	defer held.Wait()
	wait := time.NewTimer(maxUnstarted)
	defer wait.Stop()
	for {
		d, err := q.consumer.Receive(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		r := newRun(q, d)
		if d.Hold > 0 {
			// Held messages use prefetch, which bounds them, not slots.
			held.Go(func() { s.hold(ctx, r) })
			continue
		}
		q.offered.Store(r)
		s.pass(ctx, r, wait)
		q.offered.Store(nil)
	}
}

// hold waits until the message is due.
func (s *shift) hold(ctx context.Context, r *run) {
	due := time.NewTimer(r.delivery.Hold)
	defer due.Stop()
	select {
	case <-due.C:
		s.pass(ctx, r, due)
	case <-ctx.Done():
		s.keep(r)
	}
}

// keep remembers a delivery that the drain is to hand back.
func (s *shift) keep(r *run) {
	if !r.claim() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unstarted = append(s.unstarted, r)
}

// pass offers the run to the slots, unless one of them has claimed it. It keeps
// the run for the drain when ctx ends first, or hands it back when it has waited
// for too long, for which it uses the timer.
func (s *shift) pass(ctx context.Context, r *run, wait *time.Timer) {
	wait.Reset(r.patience())
	select {
	case r.queue.places <- struct{}{}:
	case <-wait.C:
		r.handBackUnstarted()
		return
	case <-ctx.Done():
		s.keep(r)
		return
	}
	select {
	case s.runs <- r:
	case <-wait.C:
		<-r.queue.places
		r.handBackUnstarted()
	case <-ctx.Done():
		<-r.queue.places
		s.keep(r)
	}
}

// drain hands back what was prefetched and waits for what runs.
func (s *shift) drain() error {
	deadline := time.NewTimer(s.worker.config.DrainTimeout)
	defer deadline.Stop()
	idle := make(chan struct{})
	go func() { // ends with the last handler; a handler that never returns keeps it, as it keeps its slot
		s.slots.Wait()
		s.settlements.Wait()
		close(idle)
	}()
	s.eachConsumer(func(ctx context.Context, c Consumer) error { return c.Stop(ctx) })
	for _, r := range s.unstarted {
		r.delivery.Settlement.Requeue()
	}
	select {
	case <-idle:
		return nil
	case <-deadline.C:
		select {
		case <-idle: // and only the broker was slow
			return nil
		default:
		}
	}
	s.worker.enter(Cancelling)
	s.cancel(ErrShutdown)
	s.abandon()
	select {
	case <-idle:
	case <-time.After(cancelGrace):
		s.worker.config.Logger.Error("handlers ignore their cancelled context; their messages are handed back")
	}
	return ErrDrainTimeout
}

// end closes the consumers, which flushes the acknowledgements and hands back
// what is left.
func (s *shift) end() {
	s.eachConsumer(func(ctx context.Context, c Consumer) error { return c.Close(ctx) })
	s.cancel(ErrShutdown)
	s.abandon()
}

// eachConsumer calls f for all consumers at once and waits, unless the broker
// did not answer in time before.
func (s *shift) eachConsumer(f func(context.Context, Consumer) error) {
	limit := min(closeTimeout, max(s.worker.config.DrainTimeout, time.Second))
	if s.silent {
		limit = 0
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	var all sync.WaitGroup
	for _, q := range s.queues {
		if q.consumer == nil {
			continue
		}
		all.Go(func() {
			if err := f(ctx, q.consumer); err != nil && limit > 0 && !errors.Is(err, ErrConnectionLost) && !errors.Is(err, ErrClosed) {
				s.worker.config.Logger.Warn("the broker did not take leave", "queue", q.queue.Name, "error", err)
			}
		})
	}
	all.Wait()
	s.silent = s.silent || ctx.Err() != nil
}
