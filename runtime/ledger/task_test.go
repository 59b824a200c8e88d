package ledger

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// kind is what a task does. The ID of its message begins with it.
type kind string

const (
	done   kind = "done"   // succeeds
	retry  kind = "retry"  // fails once
	reject kind = "reject" // is refused
	fail   kind = "fail"   // fails as often as it may
	long   kind = "long"   // succeeds when it has come back
	poison kind = "poison" // takes its worker's connection away for ever
)

// mixed draws the kind of a task: most succeed.
func mixed() kind {
	switch n := rand.IntN(100); {
	case n < 75:
		return done
	case n < 88:
		return retry
	case n < 97:
		return reject
	}
	return fail
}

const maxRetries = 2

var (
	errNotYet   = errors.New("not yet")
	errNoWay    = errors.New("no way")
	errHopeless = errors.New("hopeless")
	errDead     = errors.New("the worker is dead")
)

// reasonOf returns the reason with which a message is dead-lettered; empty for
// one that is not to be.
func reasonOf(id string) string {
	switch kindOf(id) {
	case reject:
		return errNoWay.Error()
	case fail:
		return errHopeless.Error()
	}
	return ""
}

func kindOf(id string) kind {
	kind_, _, _ := strings.Cut(id, " ")
	return kind(kind_)
}

// perform does what the kind of a task wants. A long one takes until the broker
// has delivered it again.
func perform(facts actor.Facts, l *ledger) error {
	time.Sleep(rand.N(4 * time.Millisecond))
	switch kindOf(facts.ID) {
	case retry:
		if facts.Attempt == 0 {
			return errNotYet
		}
	case reject:
		return actor.Reject(errNoWay)
	case fail:
		return errHopeless
	case long:
		happens(func() bool { return l.arrivals(facts.ID) > 1 })
	}
	return nil
}

// definitions are the actors: two with different acknowledgements on the first
// queue, and one on the second. Their backoffs end above and below the step in
// which the broker holds delays.
func definitions() []*actor.Definition {
	policy := func(ack actor.AckMode, backoff time.Duration) actor.WorkPolicy {
		return actor.WorkPolicy{Ack: &ack, MaxRetries: new(maxRetries), MinBackoff: &backoff, MaxBackoff: &backoff}
	}
	return []*actor.Definition{
		{Name: "ledger.Sync", Queue: actor.Queue{Name: "first"}, Work: policy(actor.AckSync, 300*time.Millisecond)},
		{Name: "ledger.Async", Queue: actor.Queue{Name: "first"}, Work: policy(actor.AckAsync, 50*time.Millisecond)},
		{Name: "ledger.Other", Queue: actor.Queue{Name: "second"}, Work: policy(actor.AckAsync, 300*time.Millisecond)},
	}
}

// longestDelay and levels keep the number of delay queues small.
const (
	longestDelay = time.Second
	levels       = 3
)

// table makes the actors' functions of one.
func table(definitions []*actor.Definition, f func(context.Context) error) (table actor.Table) {
	for _, d := range definitions {
		table = append(table, actor.Entry{
			Definition: d,
			Bind:       func(actor.Message) (actor.Task, error) { return f, nil },
		})
	}
	return table
}

// message returns a message of a kind. Numbers are the caller's.
func message(d *actor.Definition, k kind, number string) actor.Message {
	m, err := actor.NewStub(d).With(actor.MessageID(fmt.Sprintf("%s %s", k, number))).Message(emptyArguments())
	if err != nil {
		panic(err) // an empty map can be encoded
	}
	return m
}
