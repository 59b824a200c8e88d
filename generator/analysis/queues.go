package analysis

import (
	"go/token"
	"maps"
	"slices"

	"github.com/actorgen/actorgen/generator/load"
	"github.com/actorgen/actorgen/generator/model"
	"github.com/actorgen/actorgen/generator/option"
	"github.com/actorgen/actorgen/generator/suggest"
)

const (
	defaultQueue      = "default"
	maxQuorumPrefetch = 2000 // the broker's cap
	classic           = option.Const("Classic")
)

// queue is what the module says of one queue.
type queue struct {
	values
	// named are the places that describe it.
	named []value
}

// describeQueues reads the queue directives of a package. A queue belongs to
// the module, so what several packages say of it adds up.
func (a *Analysis) describeQueues(p *load.Package) {
	for _, file := range p.Files {
		for _, d := range file.Directives.Queues {
			if d.Name == "" {
				continue // reported as a problem of the grammar
			}
			if err := option.CheckQueue(d.Name); err != nil {
				a.addf(d.NamePos, "", "queue: %q %s", d.Name, err)
				continue
			}
			q := a.queues[d.Name]
			if q == nil {
				q = &queue{values: make(values)}
				a.queues[d.Name] = q
			}
			q.named = append(q.named, value{text: d.Name, pos: d.NamePos})
			a.read(q.values, d, option.Queue)
		}
	}
}

// described returns what the module says of the queue of an actor, and where.
func (a *Analysis) described(x *actor) (token.Position, []model.Setting) {
	if q := a.queues[x.Queue.Name]; q != nil {
		return a.position(q.named[0].pos), q.settings(option.Queue)
	}
	return x.Pos, nil
}

func (a *Analysis) isClassic(name string) bool {
	q := a.queues[name]
	return q != nil && q.values["type"].parsed == classic
}

// isQuorum reports whether a queue is certain to be a quorum queue, as those are
// of which nobody says otherwise.
func (a *Analysis) isQuorum(name string) bool {
	if q := a.queues[name]; q != nil {
		if set, ok := q.values["type"]; ok {
			return set.parsed != classic
		}
	}
	return a.knowsAll()
}

// knowsAll reports whether what the module seems to lack is lacking.
func (a *Analysis) knowsAll() bool { return !a.partial && !a.module.Partial }

// checkQueues applies the rules between the options of a queue.
func (a *Analysis) checkQueues() {
	used := make(map[string]bool)
	for _, p := range a.packages {
		for _, actor := range p.actors {
			used[actor.Queue.Name] = true
		}
	}
	for name, q := range a.queues {
		if !used[name] && a.knowsAll() {
			for _, place := range q.named {
				a.addf(place.pos, suggest.Hint(name, slices.Sorted(maps.Keys(used))), "no actor of this module uses queue %q", name)
			}
		}
		if set, ok := q.values["max-priority"]; ok && a.isQuorum(name) {
			a.addf(set.pos, "add type=classic; quorum queues have priorities of their own", "max-priority needs a classic queue")
		}
		if set, ok := q.values["delivery-limit"]; ok && a.isClassic(name) {
			a.addf(set.pos, "leave it out", "delivery-limit needs a quorum queue: classic queues do not count deliveries")
		}
		if set, ok := q.values["overflow"]; ok {
			if _, limited := q.values["max-length"]; !limited && a.knowsAll() {
				a.addf(set.pos, "add max-length", "overflow without max-length has no effect")
			}
		}
		if set, ok := q.values["prefetch"]; ok && a.isQuorum(name) && set.parsed.(int) > maxQuorumPrefetch {
			a.addf(set.pos, "", "prefetch of a quorum queue is at most %d", maxQuorumPrefetch)
		}
	}
}
