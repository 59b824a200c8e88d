package ledger

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// The ledger tells what is wrong from what a fault explains.
func TestBalance(t *testing.T) {
	ended := make(chan struct{})
	close(ended)
	living := make(chan struct{})
	one, other := &transport{}, &transport{}
	sent := publication{outcome: confirmed}
	arrived := func(worker *transport, redelivered bool, session chan struct{}) *arrival {
		return &arrival{worker: worker, queue: "first", redelivered: redelivered, session: session}
	}
	ran := func(a *arrival, err error) *run { return &run{arrival: a, ended: true, err: err} }
	succeeded := func(worker *transport, redelivered bool, session chan struct{}) *run {
		return ran(arrived(worker, redelivered, session), nil)
	}
	accepted := succeeded(one, false, ended)
	accepted.accepted = true
	later := succeeded(other, true, living)
	later.at = accepted.acceptedAt.Add(passing)
	acceptedLiving := succeeded(one, false, living)
	acceptedLiving.accepted = true
	forgotten := succeeded(one, false, ended)
	forgotten.accepted, forgotten.shaken = true, true
	for _, c := range []struct {
		name string
		account
		want string // part of the only problem; empty for none
	}{
		{"ran", account{publications: []publication{sent}, runs: []*run{succeeded(one, false, living)}}, ""},
		{"is left", account{publications: []publication{sent}, left: []string{"first"}}, ""},
		{"lost", account{publications: []publication{sent}}, "lost"},
		{"failed and lost", account{publications: []publication{sent}, runs: []*run{ran(arrived(one, false, living), errNotYet)}}, "lost"},
		{"unknown and nowhere", account{publications: []publication{{outcome: unknown}}}, ""},
		{"unknown and ran", account{publications: []publication{{outcome: unknown}}, runs: []*run{succeeded(one, false, living)}}, ""},
		{"not sent and nowhere", account{publications: []publication{{outcome: notSent}}}, ""},
		{"not sent and left", account{publications: []publication{{outcome: notSent}}, left: []string{"first"}}, "phantom"},
		{"not sent and only arrived", account{publications: []publication{{outcome: notSent}}, arrivals: []*arrival{arrived(one, false, living)}}, "phantom"},
		{"never heard of", account{dead: []deadLetter{{byBroker: "delivery_limit"}}, poison: true}, "phantom"},
		{"again after a lost session", account{publications: []publication{sent},
			runs: []*run{succeeded(one, false, ended), succeeded(other, true, living)}}, ""},
		{"again though its session lives", account{publications: []publication{sent},
			runs: []*run{succeeded(one, false, living), succeeded(other, true, living)}}, "session of the first run lives"},
		{"again though it was accepted", account{publications: []publication{sent},
			runs: []*run{accepted, later}}, "acknowledgement was accepted"},
		{"again though a channel that lives had accepted it", account{publications: []publication{sent},
			runs: []*run{acceptedLiving, succeeded(other, true, living)}}, "acknowledgement was accepted"},
		{"again after a channel that accepted it and ended", account{publications: []publication{sent},
			runs: []*run{accepted, succeeded(other, true, living)}}, ""},
		{"again because the broker forgot", account{publications: []publication{sent},
			runs: []*run{forgotten, succeeded(other, true, living)}}, ""},
		{"again by the worker that had succeeded", account{publications: []publication{sent},
			runs: []*run{succeeded(one, false, ended), {arrival: arrived(one, true, living), ended: true, begun: accepted.begun.Add(1)}}}, "had run it with success"},
		{"again, but another copy", account{publications: []publication{sent, sent},
			runs: []*run{succeeded(one, false, ended), succeeded(one, false, living), succeeded(other, true, living)}}, ""},
		{"again by the worker that had succeeded with another copy", account{publications: []publication{sent, sent},
			runs: []*run{succeeded(one, false, ended), succeeded(other, true, ended), {arrival: arrived(one, true, living), ended: true, begun: accepted.begun.Add(1)}}}, ""},
		{"twice as a new message", account{publications: []publication{sent},
			runs: []*run{succeeded(one, false, ended), succeeded(one, false, living)}}, "published 1 times"},
		{"twice, sent twice", account{publications: []publication{{outcome: confirmed, doubtful: true}},
			runs: []*run{succeeded(one, false, ended), succeeded(one, false, living)}}, ""},
		{"succeeded and left", account{publications: []publication{sent}, runs: []*run{succeeded(one, false, living)}, left: []string{"first"}}, "still in"},
		{"succeeded in a lost session and left", account{publications: []publication{sent}, runs: []*run{succeeded(one, false, ended)}, left: []string{"first"}}, ""},
		{"never ended", account{publications: []publication{sent}, left: []string{"first"}, runs: []*run{{arrival: arrived(one, false, living)}}}, "has not ended"},
		{"rejected", account{id: "reject 1", publications: []publication{sent, {copied: true, dead: true, outcome: confirmed}},
			dead: []deadLetter{{reason: "rejected: no way"}}}, ""},
		{"rejected without a reason", account{id: "reject 1", publications: []publication{sent, {copied: true, dead: true, outcome: confirmed}},
			dead: []deadLetter{{}}}, "dead-lettered because of"},
		{"dead-lettered for nothing", account{id: "done 1", publications: []publication{sent, {copied: true, dead: true, outcome: confirmed}},
			dead: []deadLetter{{reason: "rejected: no way"}}}, "dead-lettered because of"},
		{"two dead letters of one", account{id: "reject 1", publications: []publication{sent, {copied: true, dead: true, outcome: confirmed}},
			dead: []deadLetter{{reason: "no way"}, {reason: "no way"}}}, "is 2 dead letters"},
		{"stopped by the broker", account{publications: []publication{sent}, dead: []deadLetter{{byBroker: "delivery_limit"}}}, "which no poison explains"},
		{"stopped as poison", account{publications: []publication{sent}, poison: true, dead: []deadLetter{{byBroker: "delivery_limit"}}}, ""},
		{"poison that is not stopped", account{publications: []publication{sent}, poison: true, left: []string{"first"}}, "poison"},
		{"deleted with its queue", account{publications: []publication{sent}, deleted: surelyDeleted}, ""},
		{"deleted with its queue and run", account{publications: []publication{sent}, deleted: surelyDeleted,
			runs: []*run{succeeded(one, false, living)}}, "its queue was deleted"},
	} {
		if c.id == "" {
			c.id = "done 0"
		}
		l := newLedger()
		l.accounts[c.id] = &c.account
		problems := l.balance().problems
		if c.want == "" && len(problems) > 0 || c.want != "" && (len(problems) != 1 || !strings.Contains(problems[0], c.want)) {
			t.Errorf("%s: got problems %q, want %q", c.name, problems, c.want)
		}
	}
}

// Outcomes are what senders are told.
func TestOutcomes(t *testing.T) {
	e := actor.Envelope{}
	var got []outcome
	for _, err := range []error{
		nil, e.Fail(actor.ErrOutcomeUnknown, nil), e.Fail(actor.ErrNacked, nil),
		e.Fail(actor.ErrNotSent, nil), e.Fail(actor.ErrUnroutable, nil), errors.New("refused before"),
	} {
		got = append(got, outcomeOf(err))
	}
	if want := []outcome{confirmed, unknown, unknown, notSent, notSent, notSent}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// What a level holds, or has just let go, the broker may move twice when it goes down.
func TestShakeDoubtsWhatIsOnItsWay(t *testing.T) {
	begun := time.Now().Add(-time.Minute)
	arrived := []*arrival{{attempt: 1}}
	for name, c := range map[string]struct {
		account
		want bool
	}{
		"on its way":       {account{publications: []publication{{attempt: 1, begun: begun, held: time.Second}}}, true},
		"has just arrived": {account{publications: []publication{{attempt: 1, begun: begun, held: time.Minute}}, arrivals: arrived}, true},
		"arrived long ago": {account{publications: []publication{{attempt: 1, begun: begun, held: time.Second}}, arrivals: arrived}, false},
		"was never held":   {account{publications: []publication{{attempt: 1, begun: begun}}}, false},
	} {
		l := newLedger()
		l.accounts[name] = &c.account
		l.shake()()
		if got := c.publications[0].doubtful; got != c.want {
			t.Errorf("%s: got doubtful %t, want %t", name, got, c.want)
		}
	}
}
