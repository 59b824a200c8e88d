package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	broker "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
	"github.com/actorgen/actorgen/runtime/amqp/management"
	"github.com/actorgen/actorgen/runtime/amqp/topology"
)

// depth is what is known of a queue. What is nil is not.
type depth struct {
	Name string `json:"name"`
	// Missing says that the queue does not exist.
	Missing   bool `json:"missing,omitempty"`
	Ready     *int `json:"ready"`
	Unacked   *int `json:"unacked"`
	Consumers *int `json:"consumers"`
	// Dead is how many dead letters wait; nil also for what has none.
	Dead *int `json:"dead"`
}

// depths are the queues of a broker.
type depths struct {
	Queues []depth `json:"queues"`
	// Delayed is how many messages wait in the delay levels, and Lost those whose
	// queue had gone when they were due; nil where there are no levels.
	Delayed *int `json:"delayed"`
	Lost    *int `json:"lost"`
	Unknown []string
}

// queues shows how full queues are.
func (p process) queues(ctx context.Context, args []string) int {
	var s settings
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	s.common(fs)
	fs.Var(&s.apis, "api", "")
	fs.BoolVar(&s.json, "json", false, "")
	names, err := parseMixed(fs, args, p.getenv, "json")
	if err != nil {
		return p.usage(err, queuesUsage, "queues")
	}
	s.names = names
	lock, err := readLock(s.lock)
	if err != nil {
		return p.failed(err)
	}
	all, err := sites(&s, lock)
	if err != nil {
		return p.misused(err.Error(), "queues")
	}
	var found []siteDepths
	for _, one := range all {
		d, err := one.depths(ctx)
		found = append(found, siteDepths{one, d, err})
	}
	print := printDepths
	if s.json {
		print = printDepthsJSON
	}
	if err := print(p.stdout, found); err != nil {
		return p.failed(err)
	}
	code := exitDone
	for _, f := range found {
		switch {
		case f.err != nil:
			p.failed(fmt.Errorf("broker %q: %w", f.site.broker.Name, interrupted(ctx, f.err)))
			code = exitFailed
		case code == exitDone && f.missing():
			code = exitDiffers
		}
	}
	return code
}

// interrupted says so where that is why there is an error.
func interrupted(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return errors.New("interrupted")
	}
	return err
}

// siteDepths is what came of one broker.
type siteDepths struct {
	site   site
	depths *depths
	err    error
}

func (f siteDepths) missing() bool {
	for _, d := range f.depths.Queues {
		if d.Missing {
			return true
		}
	}
	return false
}

func (s *site) depths(ctx context.Context) (*depths, error) {
	b, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer b.Conn.Close()
	if err := b.CheckAPI(ctx); err != nil {
		return nil, err
	}
	g := gauge{Broker: b, told: make(map[string]management.Queue)}
	if b.API != nil {
		queues, err := b.API.Queues(ctx, b.VHost)
		if err != nil {
			return nil, err
		}
		for _, q := range queues {
			g.told[q.Name] = q
		}
	}
	d := &depths{Queues: []depth{}}
	for _, q := range s.want.Queues {
		if err := g.queue(ctx, d, &q); err != nil {
			return nil, err
		}
	}
	if err := g.delays(ctx, d, s.want.Prefix); err != nil {
		return nil, err
	}
	if b.API == nil {
		d.Unknown = append(d.Unknown, "unacked messages, and those on their way from one delay level to the next (-api tells)")
	}
	if d.Delayed != nil && *d.Delayed > 0 {
		d.Unknown = append(d.Unknown, "which queues the delayed messages are for (RabbitMQ tells nobody)")
	}
	return d, nil
}

// gauge asks a broker how full queues are.
type gauge struct {
	*topology.Broker
	told map[string]management.Queue // by the API
}

// queue adds a queue, with its retry queue where it has one.
func (g *gauge) queue(ctx context.Context, d *depths, q *actor.Queue) error {
	main, err := g.measure(ctx, q.Name)
	if err != nil {
		return err
	}
	dead, err := g.measure(ctx, q.DeadLetterName())
	if err != nil {
		return err
	}
	main.Dead = dead.Ready
	d.Queues = append(d.Queues, main)
	if !q.HasRetryQueue() {
		return nil
	}
	retry, err := g.measure(ctx, q.RetryName())
	d.Queues = append(d.Queues, retry)
	return err
}

// measure asks for one queue.
func (g *gauge) measure(ctx context.Context, name string) (depth, error) {
	d := depth{Name: name}
	ready, consumers, exists, err := g.ask(ctx, name)
	if err != nil || !exists {
		d.Missing = err == nil
		return d, err
	}
	d.Ready, d.Consumers = &ready, &consumers
	if q, ok := g.told[name]; ok {
		d.Unacked = q.Unacknowledged
	}
	return d, nil
}

// asks is how often a queue is asked that says it is empty: a busy quorum queue
// seems so where its leader takes more than a quarter of a second (RabbitMQ 3.10).
const asks = 3

func (g *gauge) ask(ctx context.Context, name string) (ready, consumers int, exists bool, err error) {
	for range asks {
		err = g.Conn.Ask(ctx, func(ch *broker.Channel) error {
			q, err := ch.QueueDeclarePassive(name, true, false, false, false, nil)
			ready, consumers = q.Messages, q.Consumers
			return err
		})
		if err != nil || ready > 0 || consumers > 0 {
			break
		}
	}
	if reason := (*broker.Error)(nil); errors.As(err, &reason) && reason.Code == broker.NotFound {
		return 0, 0, false, nil
	}
	return ready, consumers, err == nil, err
}

// delays adds up the levels. The API counts those messages too that are on their
// way to the next one, which are not ready.
func (g *gauge) delays(ctx context.Context, d *depths, prefix string) error {
	for n := range layout.MostLevels {
		name := layout.Level(prefix, n)
		level, err := g.measure(ctx, name)
		if err != nil {
			return err
		}
		if level.Missing {
			break
		}
		if d.Delayed == nil {
			d.Delayed = new(int)
		}
		waiting := *level.Ready
		if q, ok := g.told[name]; ok && q.Messages != nil {
			waiting = *q.Messages
		}
		*d.Delayed += waiting
	}
	lost, err := g.measure(ctx, layout.Lost(prefix))
	d.Lost = lost.Ready
	return err
}
