package tasks

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/memory"
)

// office is a calendar with a worker, in a bubble of its own time.
type office struct {
	*Calendar
	client *actor.Client
	stop   func() // ends the worker

	mu   sync.Mutex
	told []string
}

// inBubble calls f with an office and the bubble's own t, and ends the worker.
func inBubble(t *testing.T, f func(t *testing.T, o *office)) {
	synctest.Test(t, func(t *testing.T) {
		transport := memory.New(memory.Config{})
		defer transport.Close()
		slowly := func(next actor.Sender) actor.Sender { // so that copies of a report meet
			return func(ctx context.Context, messages []actor.Message) []error {
				time.Sleep(time.Millisecond)
				return next(ctx, messages)
			}
		}
		o := &office{client: actor.NewClient(transport, actor.ClientConfig{Middleware: []actor.SendMiddleware{slowly}})}
		o.Calendar = NewCalendar(func(text string) {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.told = append(o.told, text)
		})
		actor.SetDefault(o.client) // which tasks that send use
		defer actor.SetDefault(nil)
		o.work(t)
		f(t, o)
		o.stop()
	})
}

// work runs a worker until stop is called.
func (o *office) work(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- actor.NewWorker(o.client, actor.WorkerConfig{}, Actors(o.Calendar)).Run(ctx) }()
	o.stop = func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// after returns what people were told until d from now.
func (o *office) after(d time.Duration) []string {
	time.Sleep(d) // of the bubble's time
	synctest.Wait()
	o.mu.Lock()
	defer o.mu.Unlock()
	told := o.told
	o.told = nil
	return told
}

func check(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func TestReminderLooksWhetherItHolds(t *testing.T) {
	inBubble(t, func(t *testing.T, o *office) {
		now := time.Now()
		for _, a := range []struct {
			name string
			in   time.Duration
		}{{"dentist", 2 * time.Hour}, {"haircut", 2 * time.Hour}, {"exam", 2 * time.Hour}, {"exam", 3 * time.Hour}} {
			if err := o.Book(t.Context(), a.name, now.Add(a.in), time.Hour); err != nil {
				t.Fatal(err)
			}
		}
		o.Cancel("haircut")
		check(t, "too early", o.after(59*time.Minute))
		check(t, "one stands, one is cancelled, one moved", o.after(2*time.Minute), "reminder: dentist")
		check(t, "an hour later", o.after(time.Hour), "reminder: exam")
	})
}

func TestAppointmentTooFarAway(t *testing.T) {
	inBubble(t, func(t *testing.T, o *office) {
		var tooLong *actor.DelayTooLongError
		if err := o.Book(t.Context(), "dentist", time.Now().Add(memory.DefaultMaxDelay+2*time.Hour), time.Hour); !errors.As(err, &tooLong) {
			t.Errorf("got %v, want *actor.DelayTooLongError", err)
		}
	})
}

// TestReportsFollowEachOther, however often they are started.
func TestReportsFollowEachOther(t *testing.T) {
	inBubble(t, func(t *testing.T, o *office) {
		for range 5 {
			if err := StartReports(t.Context(), time.Minute); err != nil {
				t.Fatal(err)
			}
		}
		check(t, "three minutes", o.after(3*time.Minute+time.Second), report(1), report(2), report(3))
	})
}

// TestMissedReportsAreLeftOut: no worker runs for ten minutes.
func TestMissedReportsAreLeftOut(t *testing.T) {
	inBubble(t, func(t *testing.T, o *office) {
		if err := StartReports(t.Context(), time.Minute); err != nil {
			t.Fatal(err)
		}
		o.stop()
		check(t, "no worker", o.after(10*time.Minute+time.Second))
		o.work(t)
		check(t, "the one that waited, late", o.after(time.Second), report(1))
		check(t, "and those to come", o.after(2*time.Minute), report(11), report(12))
	})
}

// report returns what people are told n minutes after the beginning of a bubble, which
// is at a full minute.
func report(n time.Duration) string {
	return "report: " + time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(n*time.Minute).Format(time.TimeOnly)
}
