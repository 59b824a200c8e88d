// Package contract takes the wire contract of a module from its source, and tells
// what a change of the source breaks of the contract that is locked.
//
// In a rolling deploy two versions run beside each other, and messages of the old
// one wait in the queues. So a change is compatible when either version runs every
// message of the other:
//
//	change                                   verdict     why
//	an actor is new                          compatible  workers of the old version leave its messages to others; replace
//	                                                     workers before senders
//	a parameter or a field is new            compatible  the old version skips it, the new one reads zero where it is missing
//	another order, another name of a type,   compatible  nothing of that is on the wire
//	a default written out
//	a result is new                          compatible  nobody waits for it yet; replace workers before callers
//	omitempty is new, or gone                compatible  a missing key is the zero value anyway
//	int becomes int64, uint becomes uint64   compatible  both hold the same values
//	an actor is gone, or has a new name      breach      its messages are dead-lettered
//	an actor moves to another queue          breach      nobody of the new version takes what waits in the old queue
//	a parameter or a field is gone           breach      the old version reads zero for it
//	one is gone and another is new: renamed  breach      each version refuses the messages of the other
//	a field is new, another gets omitempty   breach      the same, where the other is empty
//	another type, wider or narrower          breach      one version refuses what only the other holds, or both do
//	a result is gone                         breach      callers of the old version get an error
//	a key of a queue changes                 breach      the broker keeps what the queue was declared with
//
// A queue that is gone needs no rule: its actors have gone or moved before.
package contract

import (
	"cmp"
	"go/token"
	"slices"

	"github.com/actorgen/actorgen/generator/load"
	"github.com/actorgen/actorgen/generator/lockfile"
	"github.com/actorgen/actorgen/generator/model"
	"github.com/actorgen/actorgen/generator/option"
	"github.com/actorgen/actorgen/generator/shape"
)

// Of returns the contract of all packages of a module. Positions are those of the
// source, relative as in diagnostics.
func Of(m *load.Module, packages []*model.Package) *lockfile.File {
	var actors []*model.Actor
	for _, p := range packages {
		actors = append(actors, p.Actors...)
	}
	slices.SortFunc(actors, func(a, b *model.Actor) int { return cmp.Compare(a.Name, b.Name) })
	w := &writer{module: m, queues: make(map[[2]string]bool)}
	w.named = namedTypes(actors)
	for _, a := range actors {
		w.actor(a)
	}
	for _, n := range w.named {
		pos := w.position(n.named.Obj().Pos())
		if n.shape.Form == shape.Struct {
			w.file.Structs = append(w.file.Structs, lockfile.Struct{Pos: pos, Label: n.label, Fields: w.fields(n.shape)})
		} else {
			w.file.Types = append(w.file.Types, lockfile.Definition{Pos: pos, Label: n.label, Type: w.composite(n.shape)})
		}
	}
	w.file.Sort()
	return &w.file
}

// writer collects a contract.
type writer struct {
	module *load.Module
	file   lockfile.File
	queues map[[2]string]bool // by name and broker
	named  map[string]*namedType
}

func (w *writer) actor(a *model.Actor) {
	result := lockfile.Actor{Pos: w.place(a.Pos), Name: a.Name, Queue: a.Queue.Name, Broker: cmp.Or(a.Broker, lockfile.DefaultBroker)}
	for _, p := range a.Params {
		result.Params = append(result.Params, lockfile.Field{Pos: w.place(p.Pos), Name: p.Name, Type: w.typ(p.Shape)})
	}
	if a.Result != nil {
		result.Result, result.ResultPos = w.typ(a.Result), w.place(a.ResultPos)
	}
	w.file.Actors = append(w.file.Actors, result)
	w.queue(a.Queue, result.Broker)
}

func (w *writer) queue(q model.Queue, broker string) {
	id := [2]string{q.Name, broker}
	if w.queues[id] {
		return
	}
	w.queues[id] = true
	result := lockfile.Queue{Pos: w.place(q.Pos), Name: q.Name, Broker: broker}
	for _, s := range q.Settings {
		if o, _ := option.Find(option.Queue, s.Key); o.Frozen {
			if err := result.Set(s.Key, s.Text); err != nil {
				panic("contract: " + err.Error()) // analysis has read the same text
			}
		}
	}
	w.file.Queues = append(w.file.Queues, result)
}

// position ignores line directives, as diagnostics do.
func (w *writer) position(pos token.Pos) token.Position {
	return w.place(w.module.Fset.PositionFor(pos, false))
}

// place names a file as diagnostics do.
func (w *writer) place(pos token.Position) token.Position {
	pos.Filename, pos.Offset = w.module.Relative(pos.Filename), 0
	return pos
}
