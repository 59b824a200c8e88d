package actor_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/memory"
)

func TestCallOfAnotherSchema(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := calledShop{}.open(t, returning(300))
		_, err := actor.Call(t.Context(), s.stub, s.message(s.stub), (*actor.Decoder).String)
		wrong := (*actor.DecodeError)(nil)
		if !errors.As(err, &wrong) || !errors.Is(err, actor.ErrSchemaMismatch) || wrong.Path != "result" {
			t.Errorf("Call for a string: got %v, want a *DecodeError of the result", err)
		}
		if _, err := actor.Call(t.Context(), s.stub, s.message(s.stub), (*actor.Decoder).Int8); !errors.Is(err, actor.ErrSchemaMismatch) {
			t.Errorf("Call for an int8: got %v, want ErrSchemaMismatch", err)
		}
		s.nothingLeft()
	})
}

// garbled replies with foreign bytes.
type garbled struct {
	recorder
	body string
}

func (g garbled) Call(context.Context, *actor.Envelope) (*actor.Reply, error) {
	return &actor.Reply{Body: []byte(g.body)}, nil
}

func TestCallTrustsNoReply(t *testing.T) {
	for _, body := range []string{"", "\xc1", "\x01\x01", "\xdd\xff\xff\xff\xff", strings.Repeat("\x91", 1<<20)} {
		got, err := callOver(t, &garbled{body: body}, actor.ClientConfig{})
		if !errors.Is(err, actor.ErrMalformed) || got != 0 {
			t.Errorf("Call with reply %.10q: got %d and error %v, want ErrMalformed", body, got, err)
		}
	}
}

// mute takes no reply for a while.
type mute struct {
	actor.Transport
	mu      sync.Mutex
	refused int
}

func (m *mute) Reply(ctx context.Context, to string, r *actor.Reply) error {
	m.mu.Lock()
	m.refused++
	m.mu.Unlock()
	<-ctx.Done()
	return ctx.Err()
}

func TestReplyThatCannotBeSentDoesNotHoldTheSlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport := &mute{Transport: memory.New(memory.Config{})}
		var times []time.Time
		s := calledShop{transport: transport, worker: actor.WorkerConfig{Concurrency: 1, Prefetch: 10}}.open(t, func(context.Context, int) (int, error) {
			times = append(times, time.Now())
			return 1, nil
		})
		synctest.Wait()
		start := time.Now()
		var calling sync.WaitGroup
		ctx := within(t, time.Minute)
		for range 5 {
			calling.Go(func() {
				if _, err := s.call(ctx); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("Call: got %v, want its deadline", err)
				}
			})
		}
		calling.Wait()
		if len(times) != 5 || times[4].Sub(start) > time.Second {
			t.Errorf("got %d runs, the last after %s, want 5 within a second", len(times), times[len(times)-1].Sub(start))
		}
		s.nothingLeft()
		if transport.refused != 10 {
			t.Errorf("got %d attempts to reply, want 2 for each call", transport.refused)
		}
	})
}
