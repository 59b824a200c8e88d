package ledger

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// squad is several senders of one message at a time, in a steady rhythm.
type squad struct {
	name    string
	size    int
	timeout time.Duration // of each send
	// patient says that the timeout outlasts every fault, so that nothing but
	// success will do.
	patient bool
}

const (
	// squadPause lies between the sends of one sender.
	squadPause = 40 * time.Millisecond
	// late is how much later than its timeout a send may return on a busy machine.
	late = 3 * time.Second
)

// sendOn lets the squads send until the function it returns is called, which
// waits for the sends under way.
func (f *fleet) sendOn(t *testing.T) (end func()) {
	ctx, cancel := context.WithCancel(context.Background()) // by the end of a test that has failed
	stop := make(chan struct{})
	var all sync.WaitGroup
	for _, s := range f.squads {
		client := actor.NewClient(f.sender, actor.ClientConfig{
			QueuePrefix: f.prefix,
			Publish:     actor.PublishPolicy{ConfirmTimeout: &s.timeout},
		})
		for range s.size {
			all.Go(func() {
				for {
					f.sendOne(ctx, s, client)
					select {
					case <-stop:
						return
					case <-time.After(squadPause):
					}
				}
			})
		}
	}
	end = sync.OnceFunc(func() {
		close(stop)
		all.Wait()
	})
	t.Cleanup(func() {
		cancel()
		end()
	})
	return end
}

func (f *fleet) sendOne(ctx context.Context, s *squad, client *actor.Client) {
	number := f.numbers.Add(1)
	d := f.definitions[number%int64(len(f.definitions))]
	m := message(d, mixed(), fmt.Sprint(s.name, " ", number))
	a := answer{id: m.ID, squad: s, sent: time.Now()}
	var batch *actor.BatchError
	if errors.As(client.Publish(ctx, m), &batch) {
		a.err = batch.Errors[0]
	}
	a.given = time.Now()
	f.answers.add(a)
}

// answer is what one send was told.
type answer struct {
	id          string
	squad       *squad
	sent, given time.Time
	err         error
}

// answers keeps what all senders were told.
type answers struct {
	mu  sync.Mutex
	all []answer
}

func (l *answers) add(a answer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, a)
}

// between returns the answers to what was sent after from and answered before to.
func (l *answers) between(from, to time.Time) (within []answer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, a := range l.all {
		if a.sent.After(from) && a.given.Before(to) {
			within = append(within, a)
		}
	}
	return within
}

// check looks for answers that came late, that are no outcome, and for failures
// of those who had time enough.
func (l *answers) check(t *testing.T) {
	t.Helper()
	slowest := map[*squad]time.Duration{}
	for _, a := range l.between(time.Time{}, time.Now()) {
		took := a.given.Sub(a.sent)
		slowest[a.squad] = max(slowest[a.squad], took)
		var failure *actor.PublishError
		switch {
		case took > a.squad.timeout+late:
			t.Errorf("%s: got %v after %s, want an answer after %s", a.id, a.err, took, a.squad.timeout)
		case a.err == nil:
		case a.squad.patient:
			t.Errorf("%s: got %v after %s, want nil within %s", a.id, a.err, took, a.squad.timeout)
		case !errors.As(a.err, &failure) || failure.Outcome == actor.ErrUnroutable:
			t.Errorf("%s: got %v, which is no outcome of a fault", a.id, a.err)
		}
	}
	for s, took := range slowest {
		t.Logf("the latest answer to a %s sender took %s", s.name, took.Round(time.Millisecond))
	}
}

// succeeds says whether every squad has succeeded with a message that it sent
// after start.
func (f *fleet) succeeds(start time.Time) bool {
	by := map[*squad]bool{}
	for _, a := range f.answers.between(start, time.Now()) {
		if a.err == nil {
			by[a.squad] = true
		}
	}
	return len(by) == len(f.squads)
}
