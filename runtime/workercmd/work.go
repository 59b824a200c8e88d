package workercmd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/memory"
	"github.com/actorgen/actorgen/runtime/metrics"
)

// farewell is how much longer than its drain timeout a process may live: as long
// as a worker takes with tasks that ignore their end and a broker that does not
// answer.
const farewell = 3 * time.Second

// work connects to every broker, registers the clients, runs a worker at each
// post until the process is to drain or one of them fails, and closes the
// connections. It returns nil when every worker drained, even if a connection is
// still open because its broker does not answer.
func (p *process) work(posts []post) (err error) {
	ctx, cancel := context.WithCancel(p.draining)
	defer cancel()
	shifts := make([]*shift, len(posts))
	for i, at := range posts {
		shifts[i] = &shift{post: at, config: p.configured(at), health: p.health, logger: p.logger}
	}
	p.health.watch(shifts)
	// Every client is registered before the first task runs, which may send
	// through any of them.
	told := make(chan time.Time, 1)
	context.AfterFunc(ctx, func() { told <- time.Now() })
	defer func() {
		cancel()
		limit := (<-told).Add(p.settings.drain() + farewell)
		err = errors.Join(err, each(shifts, func(sh *shift) error { return sh.disconnect(limit) }))
	}()
	for _, step := range []func(*shift, context.Context) error{(*shift).connect, (*shift).run} {
		err := each(shifts, func(sh *shift) error {
			err := step(sh, ctx)
			if errors.Is(err, context.Canceled) && ctx.Err() != nil {
				return nil // told to end
			}
			if err != nil {
				cancel()
				return fmt.Errorf("broker %q: %w", sh.broker.Name, err)
			}
			return nil
		})
		if err != nil || ctx.Err() != nil {
			return err
		}
	}
	return nil
}

// each calls f for all shifts at once and joins the errors.
func each(shifts []*shift, f func(*shift) error) error {
	errs := make([]error, len(shifts))
	var all sync.WaitGroup
	for i, sh := range shifts {
		all.Go(func() { errs[i] = f(sh) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// shift is a post with its connection and its worker.
type shift struct {
	post
	config Broker
	health *health
	logger *slog.Logger

	transport actor.Transport // nil until connected

	mu     sync.Mutex // guards the fields below, for the health checks
	client *actor.Client
	worker *actor.Worker // nil where tasks are only sent
}

func (s *shift) connect(ctx context.Context) error {
	logger := s.logger.With("broker", s.broker.Name)
	if s.broker.InMemory() {
		logger.Warn("the broker is in this process's memory: no other process reaches it, and its tasks end with it")
		s.transport = memory.New(memory.Config{Logger: logger})
	} else {
		logger.Info("connecting", "url", s.broker.Redacted())
		transport, err := amqp.Dial(ctx, s.config.AMQP)
		if err != nil {
			return err
		}
		s.transport = transport
	}
	if s.health == nil {
		s.hire()
		return nil
	}
	m := metrics.New(s.broker.Name, s.transport)
	s.config.Client, s.config.Worker = m.Client(s.config.Client), m.Worker(s.config.Worker)
	s.hire()
	if s.worker != nil {
		m.Watch(s.worker)
	}
	return s.health.show(m)
}

// hire makes the client, and the worker if there is work.
func (s *shift) hire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.client = actor.NewClient(s.transport, s.config.Client)
	actor.SetBroker(s.broker.Name, s.client)
	if len(s.queues) > 0 {
		s.worker = actor.NewWorker(s.client, s.config.Worker, s.tables...)
	}
}

func (s *shift) run(ctx context.Context) error {
	if s.worker == nil {
		return nil
	}
	return s.worker.Run(ctx)
}

// disconnect closes the connection. What a broker has not answered by the limit
// it learns from the end of the process, too.
func (s *shift) disconnect(limit time.Time) error {
	if s.transport == nil {
		return nil
	}
	closed := make(chan error, 1)
	go func() { closed <- s.transport.Close() }() // which ends soon
	late := time.NewTimer(time.Until(limit))
	defer late.Stop()
	select {
	case err := <-closed:
		return err
	case <-late.C:
		s.logger.Warn("connection left without a farewell", "broker", s.broker.Name)
		return nil
	}
}

// status says where the shift is, and whether it does what it is here for.
func (s *shift) status() (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.client == nil:
		return "connecting", false
	case s.worker == nil:
		return "sending only", true
	}
	state := s.worker.State()
	if transport, ok := s.transport.(*amqp.Transport); ok && state == actor.Starting && transport.Stats().Connects == 0 {
		return "connecting", false
	}
	return state.String(), state == actor.Running
}
