package ledger

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// deadLetter is a message in a dead-letter queue.
type deadLetter struct {
	// reason is our error's text; empty where the broker dead-lettered it.
	reason string
	// byBroker is the broker's reason, such as delivery_limit; empty where we
	// dead-lettered it.
	byBroker string
}

// report is a balance.
type report struct {
	sent, confirmed, unknown, notSent int
	runs                              int
	// again counts the second runs that the loss of a session explains,
	// doubled those of a message that was published twice.
	again, doubled int
	byReason       map[string]int // dead letters
	left           int
	deleted        int // messages lost with their queue
	problems       []string
}

func (r *report) String() string {
	return fmt.Sprintf("%d sent: %d confirmed, %d unknown, %d not sent; %d runs, %d again after a lost session, %d of a doubled message; dead letters %v; %d left, %d deleted with their queue; %d problems",
		r.sent, r.confirmed, r.unknown, r.notSent, r.runs, r.again, r.doubled, r.byReason, r.left, r.deleted, len(r.problems))
}

// balance judges what was noted so far, with what was found on the broker.
// Where nothing was looked for in the queues, whatever has not ended is lost.
func (l *ledger) balance() *report {
	r := &report{byReason: map[string]int{}}
	l.each(func(a *account) {
		a.count(r)
		for _, problem := range slices.Concat(a.missing(), a.phantom(), a.judge(r), a.doubled(r), a.deadLetters(r)) {
			r.problems = append(r.problems, a.id+": "+problem)
		}
	})
	slices.Sort(r.problems)
	return r
}

// check fails the test where the ledger does not balance.
func (r *report) check(t *testing.T, when string) {
	t.Helper()
	const shown = 10
	for i, problem := range r.problems {
		if i == shown {
			t.Errorf("%s: and %d problems more", when, len(r.problems)-shown)
			break
		}
		t.Errorf("%s: %s", when, problem)
	}
}

func (a *account) count(r *report) {
	for _, p := range a.publications {
		if p.copied {
			continue
		}
		r.sent++
		switch p.outcome {
		case confirmed:
			r.confirmed++
		case unknown:
			r.unknown++
		case notSent:
			r.notSent++
		}
	}
	r.runs += len(a.runs)
	r.left += len(a.left)
	if a.deleted != notDeleted && !a.concluded() && len(a.left) == 0 {
		r.deleted++
	}
}

// missing says whether the message is lost.
func (a *account) missing() (problems []string) {
	there := a.concluded() || len(a.left) > 0
	switch {
	case a.promised() && !there && a.deleted == notDeleted:
		problems = append(problems, "lost: confirmed, and "+a.story())
	case a.deleted == surelyDeleted && (there || len(a.runs) > 0):
		problems = append(problems, "its queue was deleted before it was run, and "+a.story())
	}
	for _, r := range a.runs {
		if !r.ended {
			problems = append(problems, "a run has not ended")
		}
		if r.queue == "" {
			problems = append(problems, "ran without having arrived")
		}
	}
	return problems
}

// phantom says whether the message came from nowhere.
func (a *account) phantom() []string {
	if a.published(func(p publication) bool { return !p.copied && p.outcome != notSent }) > 0 {
		return nil
	}
	if len(a.arrivals)+len(a.runs)+len(a.dead)+len(a.left) == 0 {
		return nil
	}
	return []string{"phantom: nobody sent it, and " + a.story()}
}

// judge looks at the runs since the last balance that repeat another. A
// redelivery is explained by the end of the session in which the message was
// run before; a session that still lives explains nothing.
func (a *account) judge(r *report) (problems []string) {
	for i, again := range a.runs {
		before := slices.DeleteFunc(slices.Clone(a.runs[:i]), func(b *run) bool { return b.attempt != again.attempt })
		if !again.redelivered || len(before) == 0 {
			continue
		}
		r.again++
		if again.judged {
			continue
		}
		again.judged = true
		there, living, succeeded := a.mayBeThere(again.attempt, false), 0, 0
		repeats := func(b *run) bool {
			return b.worker == again.worker && b.ended && b.err == nil && b.begun.Before(again.begun)
		}
		for _, b := range before {
			if !b.goneBefore(again.arrival) {
				living++
			}
			if repeats(b) {
				succeeded++
			}
		}
		for _, b := range before {
			switch {
			case there > len(before):
			case !b.goneBefore(again.arrival) && living < there: // it is another copy that comes again
			case !b.goneBefore(again.arrival):
				problems = append(problems, fmt.Sprintf("run %d again though the session of the first run lives, or its acknowledgement was accepted: %s", i, a.story()))
			case repeats(b) && succeeded >= there:
				problems = append(problems, fmt.Sprintf("run %d again by the worker that had run it with success: %s", i, a.story()))
			}
		}
	}
	return problems
}

// many stands for an unknown number of copies.
const many = 1 << 20

// mayBeThere returns how often the broker may have taken the message, as a
// certain attempt or as a dead letter.
func (a *account) mayBeThere(attempt int, dead bool) (n int) {
	for _, p := range a.publications {
		switch {
		case p.dead != dead || !dead && p.attempt != attempt || p.outcome == notSent:
		case p.doubtful:
			n += many
		default:
			n++
		}
	}
	return n
}

// doubled looks for runs of copies that nobody made.
func (a *account) doubled(r *report) (problems []string) {
	fresh := map[int]int{}
	for _, run := range a.runs {
		if !run.redelivered {
			fresh[run.attempt]++
		}
	}
	for attempt, n := range fresh {
		r.doubled += n - 1
		if there := a.mayBeThere(attempt, false); n > there {
			problems = append(problems, fmt.Sprintf("attempt %d was run %d times as a new message, and published %d times: %s", attempt, n, there, a.story()))
		}
	}
	for _, queue := range a.left {
		if a.succeeded() && !slices.ContainsFunc(a.runs, func(r *run) bool { return r.gone() }) && a.mayBeThere(0, false) < 2 {
			problems = append(problems, fmt.Sprintf("has succeeded and is still in %s: %s", queue, a.story()))
		}
	}
	return problems
}

// deadLetters looks for those that should not be there.
func (a *account) deadLetters(r *report) (problems []string) {
	ours := 0
	for _, d := range a.dead {
		reason := d.reason
		if d.byBroker != "" {
			reason = d.byBroker
		} else {
			ours++
		}
		r.byReason[reason]++
		switch want := reasonOf(a.id); {
		case d.byBroker != "" && !a.poison:
			problems = append(problems, fmt.Sprintf("dead-lettered by the broker, %s, which no poison explains: %s", d.byBroker, a.story()))
		case d.byBroker == "" && (want == "" || !strings.Contains(d.reason, want)):
			problems = append(problems, fmt.Sprintf("dead-lettered because of %q, want %q: %s", d.reason, want, a.story()))
		}
	}
	if there := a.mayBeThere(0, true); ours > there {
		problems = append(problems, fmt.Sprintf("is %d dead letters, published %d times: %s", ours, there, a.story()))
	}
	if a.poison && len(a.dead) != 1 {
		problems = append(problems, fmt.Sprintf("poison, is %d dead letters, want 1", len(a.dead)))
	}
	return problems
}

// story tells what happened to the message, for a failure.
func (a *account) story() string {
	var s strings.Builder
	for _, p := range a.publications {
		fmt.Fprintf(&s, "published %s: attempt %d, copied %t, dead %t, %s, doubtful %t; ",
			p.begun.Format("05.000"), p.attempt, p.copied, p.dead, p.outcome, p.doubtful)
	}
	for _, d := range a.arrivals {
		fmt.Fprintf(&s, "arrived %s in %s at %p: attempt %d, redelivered %t, acked %t, accepted %t, requeued %t, gone %t; ",
			d.at.Format("05.000"), d.queue, d.worker, d.attempt, d.redelivered, d.acked, d.accepted, d.requeued, d.gone())
	}
	for _, r := range a.runs {
		fmt.Fprintf(&s, "run %s at %p: attempt %d, redelivered %t, ended %t, %v; ",
			r.begun.Format("05.000"), r.worker, r.attempt, r.redelivered, r.ended, r.err)
	}
	fmt.Fprintf(&s, "dead %v, left in %v", a.dead, a.left)
	return s.String()
}
