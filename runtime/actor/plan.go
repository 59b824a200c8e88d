package actor

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// plan is what a worker runs: its tables, checked and sorted by queue.
type plan struct {
	queues []plannedQueue
}

type plannedQueue struct {
	queue  Queue
	actors map[string]*plannedActor // by name on the wire
}

type plannedActor struct {
	entry Entry
	work  resolvedWork
}

// newPlan takes the actors of broker from tables, of the named queues or of
// all when none are named. Every contradiction is reported at once.
func newPlan(tables []Table, broker string, only []string, cfg *ClientConfig) (*plan, error) {
	var problems []error
	seen := make(map[string]bool)
	known := make(map[string]bool)
	byQueue := make(map[string]*plannedQueue)
	var all []Queue // those that are not worked on too
	for _, table := range tables {
		for _, entry := range table {
			d := entry.Definition
			if d.broker() != broker {
				continue
			}
			if seen[d.Name] {
				problems = append(problems, fmt.Errorf("actor %q is in the tables twice (give one of them another name=)", d.Name))
				continue
			}
			seen[d.Name] = true
			name := cmp.Or(d.Queue.Name, DefaultName)
			known[name] = true
			q := cfg.resolveQueue(d.Queue)
			all = append(all, q)
			if len(only) > 0 && !slices.Contains(only, name) {
				continue
			}
			planned := byQueue[q.Name]
			if planned == nil {
				planned = &plannedQueue{queue: q, actors: make(map[string]*plannedActor)}
				byQueue[q.Name] = planned
			}
			if planned.queue != q {
				problems = append(problems, fmt.Errorf("actor %q describes queue %q unlike the actors before it (use one //actor:queue)", d.Name, q.Name))
			}
			planned.actors[d.Name] = &plannedActor{entry: entry, work: resolveWork(&d.Work)}
		}
	}
	for _, name := range only {
		if !known[name] {
			problems = append(problems, fmt.Errorf("no actor uses queue %q of broker %q (the queues are %q)", name, broker, slices.Sorted(maps.Keys(known))))
		}
	}
	if len(seen) == 0 {
		problems = append(problems, fmt.Errorf("the tables hold no actor of broker %q", broker))
	}
	problems = append(problems, clashes(all)...)
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	p := &plan{}
	for _, name := range slices.Sorted(maps.Keys(byQueue)) {
		p.queues = append(p.queues, *byQueue[name])
	}
	return p, nil
}

// clashes reports the queues that have the name of one beside another queue:
// whoever works on them would take its dead letters for tasks, or its retries.
func clashes(queues []Queue) (problems []error) {
	beside := make(map[string]string, 2*len(queues))
	for _, q := range queues {
		beside[q.DeadLetterName()] = fmt.Sprintf("that holds the dead letters of %q", q.Name)
		if q.HasRetryQueue() {
			beside[q.RetryName()] = fmt.Sprintf("that takes the retries of %q", q.Name)
		}
	}
	reported := make(map[string]bool)
	for _, q := range queues {
		if what, clash := beside[q.Name]; clash && !reported[q.Name] {
			reported[q.Name] = true
			problems = append(problems, fmt.Errorf("queue %q has the name of the queue %s (give it another name)", q.Name, what))
		}
	}
	return problems
}

func resolveWork(p *WorkPolicy) resolvedWork {
	w := resolvedWork{
		maxAge:     *cmp.Or(p.MaxAge, defaultWork.MaxAge),
		ack:        *cmp.Or(p.Ack, defaultWork.Ack),
		timeout:    *cmp.Or(p.Timeout, defaultWork.Timeout),
		maxRetries: *cmp.Or(p.MaxRetries, defaultWork.MaxRetries),
		minBackoff: *cmp.Or(p.MinBackoff, defaultWork.MinBackoff),
		maxBackoff: *cmp.Or(p.MaxBackoff, defaultWork.MaxBackoff),
	}
	return w
}
