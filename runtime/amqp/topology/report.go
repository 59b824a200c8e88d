package topology

import (
	"fmt"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/amqp/layout"
)

// State is what was found about an object.
type State string

const (
	// Missing: the object ought to exist and does not.
	Missing State = "missing"
	// Different: it exists, and is not as it ought to be.
	Different State = "differs"
	// Created: it was missing.
	Created State = "created"
	// Removed: it is not needed any more.
	Removed State = "removed"
	// Remaining: it is not needed any more, and still there.
	Remaining State = "remains"
	// Noted: it may be as it is.
	Noted State = "note"
)

// Object is a kind of thing on a broker.
type Object string

// The kinds of objects.
const (
	Queue    Object = "queue"
	Exchange Object = "exchange"
	Binding  Object = "binding"
	Policy   Object = "policy"
)

// Finding is one thing that is to be known about an object.
type Finding struct {
	State  State  `json:"state"`
	Object Object `json:"object"`
	Name   string `json:"name"`
	// Argument, or property, with the value it ought to have and the one found,
	// "none" for no value. Empty where the whole object is meant.
	Argument string `json:"argument,omitempty"`
	Wanted   string `json:"wanted,omitempty"`
	Found    string `json:"found,omitempty"`
	// Breaks says that a promise does not hold with the object as it is: tasks
	// can be lost, come early, or stall.
	Breaks bool `json:"breaksPromise,omitempty"`
	// Text says more.
	Text string `json:"text,omitempty"`
}

// Report is what there is to be known about one broker.
type Report struct {
	// Findings come in the order in which things can be declared.
	Findings []Finding `json:"findings"`
	// Same counts the queues, exchanges and bindings that are as they ought to
	// be.
	Same int `json:"same"`
	// Unverified counts those of each kind of which that is not known, over
	// AMQP alone or without permission to configure them.
	Unverified map[Object]int `json:"unverified,omitempty"`
}

func (r *Report) add(f Finding) { r.Findings = append(r.Findings, f) }

func (r *Report) unverified(o Object) {
	if r.Unverified == nil {
		r.Unverified = make(map[Object]int)
	}
	r.Unverified[o]++
}

// Count returns how many findings are in one of the states.
func (r *Report) Count(states ...State) (n int) {
	for _, f := range r.Findings {
		for _, s := range states {
			if f.State == s {
				n++
			}
		}
	}
	return n
}

// Broken counts the differences that break a promise.
func (r *Report) Broken() (n int) {
	for _, f := range r.Findings {
		if f.Breaks {
			n++
		}
	}
	return n
}

// Settled reports whether the broker is as it ought to be, as far as is known.
func (r *Report) Settled() bool { return r.Count(Missing, Different, Remaining) == 0 }

// nameOf returns kind and name of an element.
func nameOf(e layout.Element) (Object, string) {
	switch e := e.(type) {
	case layout.Queue:
		return Queue, e.Name
	case layout.Exchange:
		return Exchange, e.Name
	case layout.Binding:
		return Binding, e.Source + " → " + e.Destination + condition(e.Args)
	}
	return "", ""
}

// condition tells a binding from the others between the same two: a level has one
// for each value of a header.
func condition(args amqp.Table) string {
	for name, value := range args {
		if name != "x-match" {
			return fmt.Sprintf(" where %s is %v", name, value)
		}
	}
	return ""
}
