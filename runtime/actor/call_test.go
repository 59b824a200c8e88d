package actor_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
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
				s := callShop(t, memory.New(memory.Config{}), actor.WorkPolicy{Ack: &mode}, actor.WorkerConfig{}, actor.ClientConfig{},
					func(_ context.Context, run int) (int, error) { return 40 + run, nil })
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
					s := callShop(t, memory.New(memory.Config{}), actor.WorkPolicy{Ack: &mode, Timeout: new(time.Minute)}, actor.WorkerConfig{}, actor.ClientConfig{},
						func(ctx context.Context, run int) (int, error) { runs++; return test.f(ctx, run) })
					got, err := s.call(within(t, time.Hour))
					var remote *actor.RemoteError
					if !errors.As(err, &remote) || got != 0 || remote.Message != test.want || remote.Actor != "shop.Count" || remote.MessageID == "" {
						t.Errorf("Call: got %d and error %.99q, want a *RemoteError with message %.99q", got, err, test.want)
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
				s := openTable(t, memory.New(memory.Config{}), d, test.bind, actor.WorkerConfig{}, actor.ClientConfig{})
				s.stub = actor.NewStub(&actor.Definition{Name: "shop.Count", Queue: d.Queue}).Via(s.client)
				_, err := s.call(within(t, time.Hour))
				if remote := (*actor.RemoteError)(nil); !errors.As(err, &remote) || !strings.HasPrefix(remote.Message, test.want) {
					t.Errorf("Call: got %v, want a *RemoteError that begins with %q", err, test.want)
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

func TestCallOfAnotherSchema(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := callShop(t, memory.New(memory.Config{}), actor.WorkPolicy{}, actor.WorkerConfig{}, actor.ClientConfig{},
			func(context.Context, int) (int, error) { return 300, nil })
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
		stub := actor.NewStub(&actor.Definition{Name: "a"}).Via(actor.NewClient(&garbled{body: body}, actor.ClientConfig{}))
		e := actor.NewEncoder()
		e.Map(0)
		m, err := stub.Message(e)
		if err != nil {
			t.Fatal(err)
		}
		got, err := actor.Call(t.Context(), stub, m, (*actor.Decoder).Int)
		if !errors.Is(err, actor.ErrMalformed) || got != 0 {
			t.Errorf("Call with reply %.10q: got %d and error %v, want ErrMalformed", body, got, err)
		}
	}
}

// TestCallIsBounded has no worker for its queue.
func TestCallIsBounded(t *testing.T) {
	for name, test := range map[string]struct {
		timeout time.Duration // of the actor
		ctx     time.Duration
		want    time.Duration
	}{
		"by its context":          {time.Hour, time.Minute, time.Minute},
		"by its long context":     {time.Minute, time.Hour, time.Hour},
		"by the actor's timeout":  {time.Hour, 0, time.Hour},
		"by the default timeout":  {-1, 0, 10 * time.Minute},
		"only by its cancelation": {0, 0, 1000 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				transport := memory.New(memory.Config{})
				defer transport.Close()
				d := &actor.Definition{Name: "shop.Count", Queue: actor.Queue{Name: "work"}}
				if test.timeout >= 0 {
					d.Work.Timeout = &test.timeout
				}
				s := &shop{t: t, transport: transport, stub: actor.NewStub(d).Via(actor.NewClient(transport, actor.ClientConfig{}))}
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				cause := context.DeadlineExceeded
				if test.ctx > 0 {
					ctx = within(t, test.ctx)
				} else if test.timeout == 0 {
					cause = context.Canceled
					time.AfterFunc(test.want, func() { cancel(nil) })
				}
				start := time.Now()
				_, err := s.call(ctx)
				if took := time.Since(start); took != test.want {
					t.Errorf("Call: took %s, want %s", took, test.want)
				}
				failed := (*actor.PublishError)(nil)
				if !errors.As(err, &failed) || !errors.Is(err, actor.ErrOutcomeUnknown) || !errors.Is(err, cause) || failed.SafeToRetry() {
					t.Errorf("Call: got %v, want ErrOutcomeUnknown with %v", err, cause)
				}
			})
		})
	}
}

func TestExpiredCallIsNotStarted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		runs := 0
		release := make(chan struct{})
		s := callShop(t, memory.New(memory.Config{}), actor.WorkPolicy{Timeout: new(time.Duration(0))},
			actor.WorkerConfig{Concurrency: 1, Prefetch: 5}, actor.ClientConfig{}, func(context.Context, int) (int, error) {
				runs++
				<-release
				return 0, nil
			})
		s.send(s.stub, 0) // holds the only slot
		synctest.Wait()
		if _, err := s.call(within(t, time.Minute)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Call: got %v, want its deadline", err)
		}
		close(release)
		synctest.Wait()
		if runs != 1 {
			t.Errorf("got %d runs, want only that of the task before", runs)
		}
		s.nothingLeft()
	})
}

func TestHandlerOfACallEndsWithItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var cause error
		s := callShop(t, memory.New(memory.Config{}), actor.WorkPolicy{}, actor.WorkerConfig{}, actor.ClientConfig{},
			func(ctx context.Context, _ int) (int, error) {
				<-ctx.Done()
				cause = context.Cause(ctx)
				return 0, ctx.Err()
			})
		start := time.Now()
		if _, err := s.call(within(t, time.Minute)); err == nil {
			t.Error("Call: got no error, want its deadline")
		}
		synctest.Wait()
		if took := time.Since(start); took != time.Minute || cause != actor.ErrCallExpired {
			t.Errorf("handler: got cause %v after %s, want %v after a minute", cause, took, actor.ErrCallExpired)
		}
		s.nothingLeft()
	})
}

func TestResultOfASentTaskIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		runs := 0
		s := callShop(t, memory.New(memory.Config{}), actor.WorkPolicy{}, actor.WorkerConfig{}, actor.ClientConfig{},
			func(context.Context, int) (int, error) { runs++; return 1, nil })
		s.send(s.stub, 0)
		s.send(s.stub, time.Hour)
		s.nothingLeft()
		if runs != 2 {
			t.Errorf("got %d runs, want 2", runs)
		}
	})
}

func TestCallCannotBeDelayed(t *testing.T) {
	r := &recorder{}
	stub := actor.NewStub(&actor.Definition{Name: "a"}).Via(actor.NewClient(r, actor.ClientConfig{}))
	for _, at := range []time.Time{time.Now().Add(time.Hour), time.Now().Add(-time.Hour)} {
		e := actor.NewEncoder()
		e.Map(0)
		m, err := stub.With(actor.At(at)).Message(e)
		if err != nil {
			t.Fatal(err)
		}
		_, err = actor.Call(t.Context(), stub, m, (*actor.Decoder).Int) // the recorder cannot call
		if invalid := (*actor.InvalidMessageError)(nil); !errors.As(err, &invalid) {
			t.Errorf("Call at %s: got %v, want an *InvalidMessageError", at, err)
		}
	}
}

func TestCallPassesTheMiddleware(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []string
		sending := func(next actor.Sender) actor.Sender {
			return func(ctx context.Context, messages []actor.Message) []error {
				messages[0].Headers = map[string]any{"trace": "1"}
				seen = append(seen, "send")
				errs := next(ctx, messages)
				seen = append(seen, "sent")
				return errs
			}
		}
		working := func(next actor.Handler) actor.Handler {
			return func(ctx context.Context, m actor.Message) error {
				seen = append(seen, "work "+m.Headers["trace"].(string))
				return next(ctx, m)
			}
		}
		s := callShop(t, memory.New(memory.Config{}), actor.WorkPolicy{}, actor.WorkerConfig{Middleware: []actor.Middleware{working}},
			actor.ClientConfig{Middleware: []actor.SendMiddleware{sending}}, func(context.Context, int) (int, error) { return 5, nil })
		if got, err := s.call(t.Context()); err != nil || got != 5 {
			t.Errorf("Call: got %d and error %v, want 5", got, err)
		}
		if got := strings.Join(seen, ", "); got != "send, work 1, sent" {
			t.Errorf("got %q, want the middleware around the call", got)
		}
		s.nothingLeft()
	})
}

// TestMiddlewareMaySendDuringACall sends a message of its own with the context
// of the call.
func TestMiddlewareMaySendDuringACall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s *shop
		auditing := false
		audit := func(next actor.Sender) actor.Sender {
			return func(ctx context.Context, messages []actor.Message) []error {
				if !auditing {
					auditing = true
					log := actor.NewStub(&actor.Definition{Name: "shop.Log", Queue: actor.Queue{Name: "nobody works here"}}).Via(s.client)
					if err := log.Send(ctx, s.message(log)); err != nil {
						t.Errorf("Send: got %v, want nil", err)
					}
				}
				return next(ctx, messages)
			}
		}
		s = callShop(t, memory.New(memory.Config{}), actor.WorkPolicy{}, actor.WorkerConfig{Concurrency: 1},
			actor.ClientConfig{Middleware: []actor.SendMiddleware{audit}}, func(context.Context, int) (int, error) { return 5, nil })
		if got, err := s.call(t.Context()); err != nil || got != 5 {
			t.Errorf("Call: got %d and error %v, want 5", got, err)
		}
		s.nothingLeft()
	})
}

func TestMiddlewareThatDropsACall(t *testing.T) {
	drop := func(actor.Sender) actor.Sender {
		return func(context.Context, []actor.Message) []error { return nil }
	}
	stub := actor.NewStub(&actor.Definition{Name: "a"}).Via(actor.NewClient(&recorder{}, actor.ClientConfig{Middleware: []actor.SendMiddleware{drop}}))
	e := actor.NewEncoder()
	e.Map(0)
	m, _ := stub.Message(e)
	if _, err := actor.Call(t.Context(), stub, m, (*actor.Decoder).Int); err == nil {
		t.Error("Call: got nil, want an error")
	}
}

// TestDrainHandsARunningCallBack ends a worker in the middle of a called task;
// another worker of the same queue runs it for the caller, who still waits.
func TestDrainHandsARunningCallBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broker := memory.NewBroker()
		stuck := callShop(t, memory.New(memory.Config{Broker: broker}), actor.WorkPolicy{}, actor.WorkerConfig{}, actor.ClientConfig{},
			func(ctx context.Context, _ int) (int, error) { <-ctx.Done(); return 0, ctx.Err() })
		caller := memory.New(memory.Config{Broker: broker})
		defer caller.Close()
		type end struct {
			got int
			err error
		}
		ended := make(chan end, 1)
		s := &shop{t: t, transport: caller, stub: stuck.stub.Via(actor.NewClient(caller, actor.ClientConfig{}))}
		ctx := within(t, time.Hour)
		go func() {
			got, err := s.call(ctx)
			ended <- end{got, err}
		}()
		synctest.Wait()
		if err := stuck.stop(); !errors.Is(err, actor.ErrDrainTimeout) {
			t.Fatalf("Run: got %v, want ErrDrainTimeout", err)
		}
		other := callShop(t, memory.New(memory.Config{Broker: broker}), actor.WorkPolicy{}, actor.WorkerConfig{}, actor.ClientConfig{},
			func(context.Context, int) (int, error) { return 9, nil })
		if e := <-ended; e.err != nil || e.got != 9 {
			t.Errorf("Call: got %d and error %v, want 9 of the other worker", e.got, e.err)
		}
		other.nothingLeft()
	})
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
		s := callShop(t, transport, actor.WorkPolicy{}, actor.WorkerConfig{Concurrency: 1, Prefetch: 10}, actor.ClientConfig{},
			func(context.Context, int) (int, error) { times = append(times, time.Now()); return 1, nil })
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
