package contract

import (
	"fmt"
	"slices"

	"github.com/actorgen/actorgen/generator/lockfile"
	"github.com/actorgen/actorgen/generator/option"
)

// Breaches returns what the source breaks of a lock, in the order of the lock.
// Whatever else differs is compatible.
func Breaches(locked, source *lockfile.File) []*Breach {
	c := &comparison{locked: sideOf(locked), source: sideOf(source), known: make(map[string]*Breach)}
	for i := range locked.Queues {
		c.queue(&locked.Queues[i])
	}
	for i := range locked.Actors {
		c.actor(&locked.Actors[i])
	}
	for i := range locked.Actors { // after all parameters, which say more of a struct that both have
		c.result(&locked.Actors[i])
	}
	return c.breaches
}

// comparison is the state of one run.
type comparison struct {
	locked, source side
	breaches       []*Breach
	// known are the breaches of structs, which several actors may carry.
	known map[string]*Breach
	// seen are the pairs of types, one of them named, that were compared for the
	// actor at hand: owner, type in the lock, type in the source.
	seen map[[3]string]bool
}

func (c *comparison) queue(locked *lockfile.Queue) {
	source := c.source.queues[[2]string{locked.Name, locked.Broker}]
	if source == nil {
		return
	}
	before, after := values(locked), values(source)
	for _, o := range option.Table {
		if was, is := before[o.Key], after[o.Key]; was != is {
			c.breaches = append(c.breaches, &Breach{
				Names: []string{locked.Name}, Locked: locked.Pos, Source: source.Pos,
				what:    fmt.Sprintf("queue %q: %s is %s and was %s", locked.Name, o.Key, is, was),
				explain: always(queueChanged(o.Key, was)),
			})
		}
	}
}

// values returns what holds for the keys of a queue, whether set or not.
func values(q *lockfile.Queue) map[string]string {
	values := make(map[string]string)
	for _, o := range option.Table {
		if o.Frozen {
			values[o.Key] = o.Default
		}
	}
	for _, s := range q.Settings() {
		values[s.Key] = s.Value
	}
	return values
}

func (c *comparison) actor(locked *lockfile.Actor) {
	source := c.source.actors[locked.Name]
	if source == nil {
		c.gone(locked)
		return
	}
	if locked.Queue != source.Queue || locked.Broker != source.Broker {
		c.breaches = append(c.breaches, &Breach{
			Names: []string{locked.Name}, Locked: locked.Pos, Source: source.Pos,
			what:    fmt.Sprintf("actor %q moved from %s to %s", locked.Name, queueOf(locked), queueOf(source)),
			explain: always(actorMoved(locked, source, c.workedOn(locked))),
		})
	}
	c.seen = make(map[[3]string]bool)
	c.fields(ownerOf(locked, source, workers), locked.Params, source.Params)
}

// result compares what callers get back.
func (c *comparison) result(locked *lockfile.Actor) {
	source := c.source.actors[locked.Name]
	if source == nil || locked.Result == nil {
		return
	}
	owner := ownerOf(locked, source, callers)
	owner.what, owner.of, owner.locked = "result", "result of "+owner.of, locked.ResultPos
	if source.ResultPos.IsValid() {
		owner.source = source.ResultPos
	}
	if source.Result == nil {
		c.breach(owner, &Breach{
			Locked: owner.locked, Source: owner.source,
			what:    owner.of + " is gone",
			explain: resultGone,
		})
		return
	}
	c.seen = make(map[[3]string]bool)
	c.types(owner, locked.Result, source.Result)
}

func queueOf(a *lockfile.Actor) string {
	if a.Broker == lockfile.DefaultBroker {
		return fmt.Sprintf("queue %q", a.Queue)
	}
	return fmt.Sprintf("queue %q of broker %s", a.Queue, a.Broker)
}

// workedOn reports whether workers running the new version take from the queue of
// an actor.
func (c *comparison) workedOn(a *lockfile.Actor) bool {
	return slices.ContainsFunc(c.source.Actors, func(other lockfile.Actor) bool { return other.Queue == a.Queue && other.Broker == a.Broker })
}

// gone reports an actor that the source does not have any more, or calls
// otherwise.
func (c *comparison) gone(locked *lockfile.Actor) {
	e := actorGone(locked, c.workedOn(locked))
	for _, source := range c.source.Actors {
		if source.Queue == locked.Queue && source.Broker == locked.Broker && c.locked.actors[source.Name] == nil && sameParams(locked, &source) {
			e.hint = fmt.Sprintf("if it is now %q, set name=%s at %s", source.Name, locked.Name, source.Pos)
			break
		}
	}
	c.breaches = append(c.breaches, &Breach{
		Names: []string{locked.Name}, Locked: locked.Pos,
		what:    fmt.Sprintf("actor %q is gone", locked.Name),
		explain: always(e),
	})
}

func sameParams(a, b *lockfile.Actor) bool {
	return slices.EqualFunc(a.Params, b.Params, func(x, y lockfile.Field) bool { return x.String() == y.String() })
}
