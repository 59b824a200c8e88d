package actor

import (
	"context"
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

	// deadline is when the drain timeout ends, zero before the drain. silent says
	// that the broker has not answered in time when it was to stop delivering.
	// Both belong to Run's goroutine.
	deadline time.Time
	silent   bool

	mu sync.Mutex
	// unstarted are deliveries that no slot took before the drain began; they
	// go back once nothing new comes, or they would come again at once.
	unstarted []*run
	unknown   onceEach // names of unknown actors that were logged

	observerFailed atomic.Bool // and that was logged

	digest digest // of the lines about single messages
}

// workplace is where the messages of a planned queue are run, whichever queue on
// the broker they come from.
type workplace struct {
	*plannedQueue
	prefetch *prefetch
	// door lets one message at a time wait for a place and a slot, so that two
	// queues on the broker get no more slots than one.
	door chan struct{}
	// places limits how many messages run at a time.
	places chan struct{}
}

// workedQueue is a queue on the broker with its consumer: a planned queue, or
// the retry queue beside it.
type workedQueue struct {
	*workplace
	retries  bool
	consumer Consumer
	finished finished
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
	notes  notes
	// started is when the run began. concluded says that it is settled and only
	// the observers may have to be told.
	started   time.Time
	concluded bool
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
	s := &shift{worker: w, handler: runTask, runs: make(chan *run), digest: digest{log: w.config.Logger}}
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
		shared := &workplace{
			plannedQueue: q,
			prefetch:     newPrefetch(&q.queue, w.config.Prefetch, places),
			door:         make(chan struct{}, 1),
			places:       make(chan struct{}, places),
		}
		s.queues = append(s.queues, &workedQueue{workplace: shared})
		if q.queue.HasRetryQueue() {
			s.queues = append(s.queues, &workedQueue{workplace: shared, retries: true})
		}
	}
	return s
}

func (s *shift) subscribe(ctx context.Context) error {
	for _, q := range s.queues {
		consumer, err := s.worker.client.transport.Consume(ctx, Subscription{
			Queue:    &q.queue,
			Retries:  q.retries,
			Prefix:   s.worker.client.config.QueuePrefix,
			Prefetch: q.prefetch.size,
			MaxWait:  maxUnstarted,
		})
		if err != nil {
			return err
		}
		q.consumer = consumer
		q.prefetch.consumers = append(q.prefetch.consumers, consumer)
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
	if !waitToSend(ctx, s, r, r.queue.door, struct{}{}, wait) {
		return
	}
	defer func() { <-r.queue.door }()
	if waitToSend(ctx, s, r, r.queue.places, struct{}{}, wait) && !waitToSend(ctx, s, r, s.runs, r, wait) {
		<-r.queue.places
	}
}

// waitToSend sends v to c, or does what pass does when that takes too long.
func waitToSend[T any](ctx context.Context, s *shift, r *run, c chan<- T, v T, wait *time.Timer) bool {
	select {
	case c <- v:
		return true
	case <-wait.C:
		if r.handBackUnstarted() {
			s.settlements.Go(func() { s.tell(r, TaskHandedBack, verdict{}) }) // the feeder waits for no observer
		}
	case <-ctx.Done():
		s.keep(r)
	}
	return false
}
