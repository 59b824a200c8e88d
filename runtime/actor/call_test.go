package actor_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/memory"
)

func TestCallReturnsTheResult(t *testing.T) {
	for _, mode := range []actor.AckMode{actor.AckSync, actor.AckAsync, actor.AckNone} {
		t.Run(mode.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := calledShop{work: actor.WorkPolicy{Ack: &mode}}.open(t, func(_ context.Context, run int) (int, error) { return 40 + run, nil })
				for want := 40; want < 43; want++ {
					if got, err := s.call(t.Context()); err != nil || got != want {
						t.Errorf("Call: got %d and error %v, want %d", got, err, want)
					}
				}
				s.nothingLeft()
			})
		})
	}
}

func TestCallReturnsTheFirstFailure(t *testing.T) {
	boom := errors.New("boom")
	for name, test := range map[string]struct {
		f    counter
		want string
	}{
		"error":      {func(context.Context, int) (int, error) { return 7, boom }, "boom"},
		"no text":    {func(context.Context, int) (int, error) { return 7, errors.New("") }, ""},
		"reject":     {func(context.Context, int) (int, error) { return 0, actor.Reject(boom) }, "rejected: boom"},
		"retry":      {func(context.Context, int) (int, error) { return 0, actor.RetryAfter(time.Second, boom) }, "retry after 1s: boom"},
		"panic":      {func(context.Context, int) (int, error) { panic("no such index") }, "panic: no such index"},
		"timeout":    {func(ctx context.Context, _ int) (int, error) { <-ctx.Done(); return 0, ctx.Err() }, "handler timeout exceeded: context deadline exceeded"},
		"long error": {func(context.Context, int) (int, error) { return 0, errors.New(strings.Repeat("x", 1<<20)) }, strings.Repeat("x", 1021) + "…"},
	} {
		for _, mode := range []actor.AckMode{actor.AckSync, actor.AckNone} {
			t.Run(name+" "+mode.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					runs := 0
					s := calledShop{work: actor.WorkPolicy{Ack: &mode, Timeout: new(time.Minute)}}.open(t, func(ctx context.Context, run int) (int, error) {
						runs++
						return test.f(ctx, run)
					})
					got, err := s.call(within(t, time.Hour))
					if remote := remoteError(t, err); got != 0 || remote.Message != test.want || remote.Actor != "shop.Count" || remote.MessageID == "" {
						t.Errorf("Call: got %d and error %.99q, want the message %.99q", got, err, test.want)
					}
					s.nothingLeft()
					if runs != 1 {
						t.Errorf("got %d runs, want 1", runs)
					}
				})
			})
		}
	}
}

// TestCallLearnsWhyItCannotRun calls what the worker has no such function for.
func TestCallLearnsWhyItCannotRun(t *testing.T) {
	done := func(context.Context) error { return nil }
	returns := func(encode func(*actor.Encoder)) func(actor.Message) (actor.Task, error) {
		return func(actor.Message) (actor.Task, error) {
			return func(ctx context.Context) error {
				return actor.Return(ctx, 0, nil, func(e *actor.Encoder, _ int) { encode(e) })
			}, nil
		}
	}
	malformed := &actor.DecodeError{Actor: "shop.Count", Kind: actor.ErrMalformed, Cause: io.ErrUnexpectedEOF}
	for name, test := range map[string]struct {
		name string
		bind func(actor.Message) (actor.Task, error)
		want string
	}{
		"no result":      {"shop.Count", func(actor.Message) (actor.Task, error) { return done, nil }, "the task ended without a result"},
		"unknown actor":  {"shop.Other", func(actor.Message) (actor.Task, error) { return done, nil }, `unknown actor "shop.Count"`},
		"arguments":      {"shop.Count", func(actor.Message) (actor.Task, error) { return nil, malformed }, "rejected: decode shop.Count: malformed arguments"},
		"too large":      {"shop.Count", returns(func(e *actor.Encoder) { e.Bytes(make([]byte, 1<<20)) }), "the result takes 1048581 bytes, 1048576 are allowed"},
		"not encodable":  {"shop.Count", returns(func(e *actor.Encoder) { nest(e, 101) }), "encode shop.Count: nested deeper than 100 levels"},
		"panic in codec": {"shop.Count", returns(func(*actor.Encoder) { panic("codec") }), "panic: codec"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := &actor.Definition{Name: test.name, Queue: actor.Queue{Name: "work"}}
				s := openEntry(t, memory.New(memory.Config{}), actor.Entry{Definition: d, Bind: test.bind}, actor.WorkerConfig{}, actor.ClientConfig{})
				s.stub = actor.NewStub(&actor.Definition{Name: "shop.Count", Queue: d.Queue}).Via(s.client)
				_, err := s.call(within(t, time.Hour))
				if remote := remoteError(t, err); !strings.HasPrefix(remote.Message, test.want) {
					t.Errorf("Call: got %v, want a message that begins with %q", err, test.want)
				}
				s.nothingLeft()
			})
		})
	}
}

func nest(e *actor.Encoder, levels int) {
	for range levels {
		e.Map(1)
		e.Key("k")
	}
	e.Nil()
	for range levels {
		e.End()
	}
}

func TestResultOfASentTaskIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		runs := 0
		s := calledShop{}.open(t, func(context.Context, int) (int, error) { runs++; return 1, nil })
		s.send(s.stub, 0)
		s.send(s.stub, time.Hour)
		s.nothingLeft()
		if runs != 2 {
			t.Errorf("got %d runs, want 2", runs)
		}
	})
}
