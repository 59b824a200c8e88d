package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// account prints what happens, with times since its start, and keeps the list
// of what must.
type account struct {
	out     io.Writer
	started time.Time
	sent    map[string]time.Time
	steps   []step
}

type step struct {
	name    string
	need    int // how often it must happen
	detail  string
	happens int
}

func newAccount(out io.Writer) *account {
	return &account{
		out: out, started: time.Now(), sent: make(map[string]time.Time),
		steps: []step{
			{name: "confirmed", need: 4, detail: "by the broker, each before its Send returned"},
			{name: "ran", need: 1, detail: "at once"},
			{name: "delayed", need: 1, detail: "held by the broker, then ran"},
			{name: "failed", need: 2, detail: "each time to be run again after its backoff"},
			{name: "retried", need: 1, detail: "until it succeeded, on its third run"},
			{name: "dead-lettered", need: 1, detail: "gave up, kept with its reason"},
		},
	}
}

// note prints one event and returns its time.
func (a *account) note(event, text string) time.Time {
	now := time.Now()
	fmt.Fprintf(a.out, "%7.3fs  %-13s  %s\n", now.Sub(a.started).Seconds(), event, text)
	return now
}

func (a *account) confirmed(what string, sent time.Time) {
	a.sent[what] = sent
	a.happened("confirmed", fmt.Sprintf("after %s", time.Since(sent).Round(10*time.Microsecond)))
}

// worker takes in a line that the worker printed.
func (a *account) worker(line string, delay time.Duration) {
	switch {
	case line == "greet Ada":
		a.happened("ran", line)
	case line == "greet Grace":
		waited := time.Since(a.sent[`Greet.SendWithDelay(ctx, 1.5s, "Grace")`])
		if waited < delay {
			a.note("too early", line)
			return
		}
		a.happened("delayed", fmt.Sprintf("%s, %s after it was sent", line, waited.Round(time.Millisecond)))
	case line == "chargeCard 7: terminal busy":
		a.happened("failed", line)
	case line == "chargeCard 7: 1250 cents for 2 items":
		a.happened("retried", line)
	default:
		a.note("worker", line)
	}
}

func (a *account) deadLetter(letter deadLetter) {
	a.happened("dead-lettered", fmt.Sprintf("%s after %d runs: %s", letter.actor, letter.attempts, letter.failure))
}

func (a *account) happened(name, text string) {
	a.note(name, text)
	for i := range a.steps {
		if a.steps[i].name == name {
			a.steps[i].happens++
		}
	}
}

func (a *account) complete() bool { return a.missing() == "" }

// missing names the steps that did not happen, or is empty.
func (a *account) missing() string {
	var names []string
	for _, s := range a.steps {
		if s.happens < s.need {
			names = append(names, s.name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "missing: " + strings.Join(names, ", ")
}

func (a *account) summary() {
	fmt.Fprintln(a.out)
	for _, s := range a.steps {
		fmt.Fprintf(a.out, "  ok  %d %-13s  %s\n", s.happens, s.name, s.detail)
	}
}
