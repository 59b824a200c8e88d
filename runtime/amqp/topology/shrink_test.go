package topology

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	broker "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/amqp/layout"
)

// Levels without messages go at once, and the broker refuses longer delays.
func TestShrinkEmpty(t *testing.T) {
	r, w := ladder(t, 168*time.Hour)
	b := r.over(true)
	beside := besides(t)
	mustApply(t, beside.over(false), Want{Prefix: beside.prefix, MaxDelay: time.Hour})
	before := beside.contents()

	report := mustShrink(t, b, w.lowered(30*time.Minute))
	var want []string
	for n := 21; n >= 13; n-- {
		want = append(want, all(Removed, Exchange, n, n)[0], all(Removed, Queue, n, n)[0])
	}
	equal(t, "shrink", r.lines(report), want)
	r.mustBeFresh(30 * time.Minute)
	if err := r.delay(40*time.Minute, "too long"); err == nil || !strings.Contains(err.Error(), "no exchange") {
		t.Errorf("send beyond the limit: got %v, want it refused", err)
	}
	r.mustDelay(30*time.Minute, "just right")
	if report := mustShrink(t, b, w.lowered(30*time.Minute)); len(report.Findings) != 0 {
		t.Errorf("shrink again: got %v, want nothing", report.Findings)
	}
	beside.mustBe(before)
}

// What waits in the levels to be removed arrives, and not early.
func TestShrinkWaiting(t *testing.T) {
	r, w := ladder(t, 15*time.Second) // 6 levels
	b := r.over(true)
	a := r.arrivals()
	due := make(map[string]time.Time)
	for _, delay := range []time.Duration{14750 * time.Millisecond, 8 * time.Second, 4250 * time.Millisecond, 2 * time.Second} {
		due[delay.String()] = time.Now().Add(delay)
		r.mustDelay(delay, delay.String())
	}
	w = w.lowered(time.Second) // 3 levels
	report := mustShrink(t, b, w)
	equal(t, "shrink", r.lines(report), slices.Concat(
		all(Removed, Exchange, 5, 5), all(Remaining, Queue, 5, 5), all(Remaining, Exchange, 4, 3)))
	if text := report.Findings[1].Text; !strings.Contains(text, "holds 2 messages, the last leaves by 20") {
		t.Errorf("got %q, want the number of messages and a time", text)
	}
	if err := r.delay(16*time.Second-layout.Step, "too long"); err == nil || !strings.Contains(err.Error(), "no exchange") {
		t.Errorf("send beyond the highest level: got %v, want it refused", err)
	}
	shrunk(t, b, w)
	for body, at := range due {
		a.mustArrive(t, body, at)
	}
	r.mustBeFresh(time.Second)
}

// A message on its way out of a level is counted by the management API alone:
// here its queue is full.
func TestShrinkUnderWay(t *testing.T) {
	r, w := ladder(t, 15*time.Second) // 6 levels
	r.stick(3)
	report := mustShrink(t, r.over(true), w.lowered(500*time.Millisecond)) // 2 levels
	found := r.lines(report, Remaining)
	equal(t, "shrink", found, slices.Concat(all(Remaining, Queue, 3, 3), all(Remaining, Exchange, 2, 2)))
	if text := report.Findings[len(report.Findings)-2].Text; !strings.Contains(text, "on the way out") {
		t.Errorf("got %q, want messages on the way out", text)
	}
	if n, exists, err := (asked{r.over(false).Conn}).waiting(t.Context(), layout.Level(r.prefix, 3)); n != 0 || !exists || err != nil {
		t.Errorf("got %d messages ready in the level, %t, %v, want 0, and it to exist", n, exists, err)
	}
	if !slices.ContainsFunc(r.contents(), func(line string) bool {
		return strings.HasPrefix(line, `["exchange","`+layout.Level("p.", 2)+`"`)
	}) {
		t.Error("the exchange below a message under way was removed")
	}
}

// Over AMQP alone the highest exchange goes, so that nothing longer is taken,
// and everything else stays.
func TestShrinkWithoutAPI(t *testing.T) {
	r, w := ladder(t, 15*time.Second) // 6 levels
	a := r.arrivals()
	due := time.Now().Add(9 * time.Second)
	r.mustDelay(9*time.Second, "message")
	b := r.over(false)
	w = w.lowered(time.Second) // 3 levels
	report := mustShrink(t, b, w)
	want := slices.Concat(all(Removed, Exchange, 5, 5), all(Remaining, Queue, 5, 5), all(Remaining, Exchange, 4, 3))
	equal(t, "shrink", r.lines(report), want)
	a.mustArrive(t, "message", due)
	equal(t, "shrink later", r.lines(mustShrink(t, b, w)), want[1:])
	shrunk(t, r.over(true), w)
	r.mustBeFresh(time.Second)
}

// A level whose way down is interrupted gets it back.
func TestShrinkRestores(t *testing.T) {
	r, w := ladder(t, 15*time.Second) // 6 levels
	a := r.arrivals()
	due := time.Now().Add(11 * time.Second)
	r.mustDelay(11*time.Second, "message") // 8 + 2 + 1
	r.do(func(ch *broker.Channel) error {
		for _, n := range []int{5, 3} {
			if err := ch.ExchangeDelete(layout.Level(r.prefix, n), false, false); err != nil {
				return err
			}
		}
		return nil
	})
	w = w.lowered(time.Second) // 3 levels
	b := r.over(true)
	planned := r.lines(mustPlan(t, b, w), Missing)
	equal(t, "plan", planned, prefixed("", []string{"missing exchange p.actor.delay.v1.03 !"}))
	shrunk(t, b, w)
	a.mustArrive(t, "message", due)
	r.mustBeFresh(time.Second)
}

func TestShrinkAtSeveralPlaces(t *testing.T) {
	r, w := ladder(t, 168*time.Hour)
	w = w.lowered(10 * time.Minute) // 12 levels
	var places sync.WaitGroup
	for range 3 {
		b := r.over(true)
		places.Go(func() {
			if _, err := shrink(t.Context(), b, w, quick); err != nil {
				t.Error(err)
			}
		})
	}
	places.Wait()
	shrunk(t, r.over(true), w)
	r.mustBeFresh(10 * time.Minute)
}

// The API's numbers are a while old, so a level whose messages pass in less than
// that is given the time.
func TestShrinkWithOldNumbers(t *testing.T) {
	r, w := ladder(t, time.Second) // 3 levels
	r.stick(1)
	b := r.over(true)
	b.API = r.lagging(time.Now().Add(2 * time.Second))
	report := mustShrink(t, b, w.lowered(250*time.Millisecond)) // 1 level
	if got, want := r.lines(report, Remaining), all(Remaining, Queue, 1, 1); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A level that was declared again in the meantime is not touched.
func TestShrinkRemovesNoLevelInUse(t *testing.T) {
	r, w := ladder(t, time.Second)
	s := &shrinking{inspection: newInspection(w), Broker: r.over(true), pace: quick}
	before := r.contents()
	reason, err := s.remove(t.Context(), rung{n: 2, name: layout.Level(r.prefix, 2), queue: true})
	if err != nil || !strings.Contains(reason, "declared the level again") {
		t.Errorf("got %q, %v, want the reason", reason, err)
	}
	r.mustBe(before)
}
