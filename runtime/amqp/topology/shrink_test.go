package topology

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	broker "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
)

// quick is a pace for the node of the tests.
var quick = pace{staleness: 3 * time.Second, settling: 200 * time.Millisecond}

// ladder is a rig with levels for delays up to max, and queue q.
func ladder(t *testing.T, max time.Duration) (*rig, Want) {
	r := newRig(t)
	w := Want{Queues: []actor.Queue{{Name: r.prefix + "q"}}, Prefix: r.prefix, MaxDelay: max}
	mustApply(t, r.over(false), w)
	r.counted(layout.Level(r.prefix, w.Levels()-1))
	return r, w
}

// counted waits until the API knows how many messages a queue holds.
func (r *rig) counted(queue string) {
	r.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		q, err := r.api.Queue(r.Context(), "/", queue)
		if err != nil || time.Now().After(end) {
			r.Fatalf("got %+v, %v, want its messages counted", q, err)
		}
		if q.Messages != nil {
			return
		}
	}
}

// lowered is w with a shorter limit.
func (w Want) lowered(max time.Duration) Want {
	w.MaxDelay = max
	return w
}

// delay sends a message for q by raw AMQP, as no client would that knows a
// limit.
func (r *rig) delay(d time.Duration, body string) error {
	return r.try(func(ch *broker.Channel) error {
		steps := uint64(d / layout.Step)
		level := bits.Len64(steps) - 1
		headers := broker.Table{}
		for n := level; n >= 0; n-- {
			headers[layout.LevelHeader(n)] = int64(steps >> n & 1)
		}
		if err := ch.Confirm(false); err != nil {
			return err
		}
		closed := ch.NotifyClose(make(chan *broker.Error, 1))
		returned := ch.NotifyReturn(make(chan broker.Return, 1))
		confirm, err := ch.PublishWithDeferredConfirm(layout.Level(r.prefix, level), r.prefix+"q", true, false, broker.Publishing{
			DeliveryMode: broker.Persistent, Headers: headers, Body: []byte(body)})
		if err != nil {
			return err
		}
		acked, err := confirm.WaitContext(r.Context())
		switch {
		case err != nil:
			return err
		case !acked:
			select {
			case reason := <-closed:
				return reason
			default:
				return fmt.Errorf("not confirmed")
			}
		case len(returned) > 0:
			return fmt.Errorf("returned")
		}
		return nil
	})
}

func (r *rig) mustDelay(d time.Duration, body string) {
	r.Helper()
	if err := r.delay(d, body); err != nil {
		r.Fatal(err)
	}
}

// arrivals collects what comes to q until the test ends.
type arrivals struct {
	mu sync.Mutex
	at map[string]time.Time
}

func (r *rig) arrivals() *arrivals {
	r.Helper()
	conn, err := broker.Dial(r.url)
	if err != nil {
		r.Fatal("no connection")
	}
	r.Cleanup(func() { conn.Close() })
	ch, err := conn.Channel()
	if err != nil {
		r.Fatal(err)
	}
	deliveries, err := ch.Consume(r.prefix+"q", "", true, false, false, false, nil)
	if err != nil {
		r.Fatal(err)
	}
	a := &arrivals{at: make(map[string]time.Time)}
	go func() { // ends with the connection
		for d := range deliveries {
			a.mu.Lock()
			a.at[string(d.Body)] = time.Now()
			a.mu.Unlock()
		}
	}()
	return a
}

func (a *arrivals) when(body string) (time.Time, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	at, ok := a.at[body]
	return at, ok
}

// mustArrive waits for a message and checks that it is not early.
func (a *arrivals) mustArrive(t *testing.T, body string, due time.Time) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		at, ok := a.when(body)
		if ok && at.Before(due) {
			t.Errorf("message %q arrived %s early", body, due.Sub(at))
		}
		if ok {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("message %q did not arrive", body)
		}
	}
}

func mustShrink(t *testing.T, b *Broker, w Want) *Report {
	t.Helper()
	report, err := shrink(t.Context(), b, w, quick)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// shrunk shrinks until nothing is left to do.
func shrunk(t *testing.T, b *Broker, w Want) {
	t.Helper()
	for end := time.Now().Add(2 * patience); ; {
		report := mustShrink(t, b, w)
		if report.Settled() {
			return
		}
		if err := pause(t.Context(), time.Second); err != nil || time.Now().After(end) {
			t.Fatalf("got levels that stay: %+v, %v", report.Findings, err)
		}
	}
}

// mustBeFresh checks that there is what apply makes for a limit.
func (r *rig) mustBeFresh(max time.Duration) {
	r.Helper()
	other := besides(r.T)
	mustApply(r.T, other.over(false), Want{Queues: []actor.Queue{{Name: other.prefix + "q"}}, Prefix: other.prefix, MaxDelay: max})
	r.mustBe(other.contents())
}

func all(state State, object Object, from, to int) (result []string) {
	for n := from; n >= to; n-- {
		result = append(result, fmt.Sprintf("%s %s %s", state, object, layout.Level("p.", n)))
	}
	return result
}

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
	full := r.prefix + "full"
	r.do(func(ch *broker.Channel) error {
		_, err := ch.QueueDeclare(full, true, false, false, false, broker.Table{
			"x-queue-type": "quorum", "x-max-length": int64(1), "x-overflow": "reject-publish"})
		if err == nil {
			err = ch.QueueBind(full, r.prefix+"q", layout.Out(r.prefix), false, nil)
		}
		return err
	})
	for range 3 { // a queue takes a few more than its limit
		r.mustDelay(2*time.Second, "message") // enters at level 3
	}
	v, level := asked{r.over(false).Conn}, layout.Level(r.prefix, 3)
	for end := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		if n, _, err := v.waiting(t.Context(), full); err != nil || time.Now().After(end) {
			t.Fatalf("got %d messages in the queue, %v, want it full", n, err)
		} else if n > 0 {
			break
		}
	}
	for range 3 {
		r.mustDelay(2*time.Second, "more")
	}
	for end := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) { // until they have expired
		if n, _, err := v.waiting(t.Context(), level); err != nil || time.Now().After(end) {
			t.Fatalf("got %d messages in the level, %v, want none", n, err)
		} else if n == 0 {
			break
		}
	}
	report := mustShrink(t, r.over(true), w.lowered(500*time.Millisecond)) // 2 levels
	found := r.lines(report, Remaining)
	equal(t, "shrink", found, slices.Concat(all(Remaining, Queue, 3, 3), all(Remaining, Exchange, 2, 2)))
	if text := report.Findings[len(report.Findings)-2].Text; !strings.Contains(text, "on the way out") {
		t.Errorf("got %q, want messages on the way out", text)
	}
	if n, exists, err := v.waiting(t.Context(), level); n != 0 || !exists || err != nil {
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
