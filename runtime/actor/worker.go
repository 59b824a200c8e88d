package actor

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"
)

// WorkerConfig configures a [Worker]. The zero value works.
type WorkerConfig struct {
	// Broker is the broker name whose actors the worker runs. Defaults to the
	// name under which its client is registered, else "default".
	Broker string
	// Queues are the queues to work on, as the annotations name them.
	// Defaults to all queues of the tables.
	Queues []string
	// Concurrency is how many tasks run at a time. Defaults to 16.
	Concurrency int
	// Prefetch is how many deliveries of each queue the worker takes in
	// advance where the queue does not say. Defaults to a number that starts
	// at the concurrency and grows while handlers are short.
	Prefetch int
	// DrainTimeout is how long running tasks may take once Run's context has
	// ended. Defaults to 30 seconds.
	DrainTimeout time.Duration
	// Middleware wraps every task, the first outermost. Defaults to none.
	Middleware []Middleware
	// Observers are told what becomes of every delivery. Defaults to none.
	Observers []Observer
	// Logger defaults to slog.Default().
	Logger *slog.Logger
}

const defaultConcurrency = 16

// ErrDrainTimeout is returned by [Worker.Run] when tasks were still running at
// the end of the drain timeout. Their messages were handed back and will run
// again.
var ErrDrainTimeout = errors.New("drain timeout exceeded")

// Worker runs the actors of its tables.
type Worker struct {
	client *Client
	config WorkerConfig
	tables []Table
	state  atomic.Int32
	shift  atomic.Pointer[shift] // nil unless Run runs
}

// NewWorker returns a worker that receives through the transport of c. It
// starts nothing and checks nothing; Run does.
func NewWorker(c *Client, config WorkerConfig, tables ...Table) *Worker {
	if config.Broker == "" {
		config.Broker = nameOf(c)
	}
	if config.Concurrency <= 0 {
		config.Concurrency = defaultConcurrency
	}
	if config.DrainTimeout <= 0 {
		config.DrainTimeout = defaultDrainTimeout
	}
	if config.Logger == nil {
		config.Logger = slog.Default()
	}
	config.Logger = config.Logger.With("broker", config.Broker)
	return &Worker{client: c, config: config, tables: tables}
}

// State is where a worker is in its life. The order of the constants is the
// order in which a worker passes through them.
type State int32

// The states of a worker.
const (
	// Starting: Run was not called, or has not subscribed to every queue yet.
	Starting State = iota
	// Running: tasks are received and run.
	Running
	// Draining: nothing new is received, running tasks finish.
	Draining
	// Cancelling: the drain timeout ran out, the handlers' contexts have ended.
	Cancelling
	// Closed: Run has returned.
	Closed
)

// String returns the state in lower case.
func (s State) String() string {
	return [...]string{"starting", "running", "draining", "cancelling", "closed"}[s]
}

// State returns where the worker is. It may be called concurrently.
func (w *Worker) State() State { return State(w.state.Load()) }

// Run subscribes to the queues and runs tasks until ctx ends, which may be
// before it has subscribed; then it drains:
// it hands prefetched messages back, lets running tasks finish for at most the
// drain timeout, cancels those that are left, and returns nil, or
// ErrDrainTimeout where it had to cancel. It returns within the drain timeout
// and 3 seconds more, of which cancelled tasks have 2 and a broker that does
// not answer 1. Lost connections do not end it. It
// returns an error at once where the tables contradict each other or a queue
// cannot be subscribed to, and ErrClosed when the transport is closed under it.
// It may be called once.
func (w *Worker) Run(ctx context.Context) error {
	defer w.enter(Closed)
	plan, err := newPlan(w.tables, w.config.Broker, w.config.Queues, &w.client.config)
	if err != nil {
		return err
	}
	s := newShift(ctx, w, plan)
	w.shift.Store(s)
	defer w.shift.Store(nil)
	defer s.end()
	if err := s.subscribe(ctx); err != nil {
		if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
			w.config.Logger.Info("worker was ended before it had subscribed", "error", err)
			return nil
		}
		return err
	}
	w.enter(Running)
	closed := s.work(ctx)

	w.enter(Draining)
	if err := s.drain(); err != nil {
		return err
	}
	return closed
}

func (w *Worker) enter(state State) {
	if State(w.state.Swap(int32(state))) != state {
		w.config.Logger.Info("worker " + state.String())
	}
}
