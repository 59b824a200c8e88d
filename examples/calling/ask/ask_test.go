package main

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/actorgen/actorgen/examples/calling/tasks"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/memory"
)

// withWorker returns a context whose calls reach a worker of this process.
func withWorker(t *testing.T, transport *memory.Transport, middleware ...actor.Middleware) context.Context {
	client := actor.NewClient(transport, actor.ClientConfig{})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		ended <- actor.NewWorker(client, actor.WorkerConfig{Middleware: middleware}, tasks.Actors()).Run(ctx)
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		transport.Close()
	})
	return actor.NewContext(t.Context(), client)
}

func TestPrice(t *testing.T) {
	ctx := withWorker(t, memory.New(memory.Config{}))
	if cents, err := ask(ctx, tasks.Parcel{Kilos: 2, Express: true}); cents != 1000 || err != nil {
		t.Errorf("got %d cents, %v, want 1000", cents, err)
	}
	if cents, err := ask(ctx, tasks.Parcel{Kilos: 31}); cents != 0 || err == nil || !strings.Contains(err.Error(), "no parcel has 31 kg") {
		t.Errorf("31 kg: got %d cents, %v, want what the worker says", cents, err)
	}
}

func TestNobodyAnswers(t *testing.T) {
	transport := memory.New(memory.Config{})
	defer transport.Close()
	ctx, cancel := context.WithTimeout(actor.NewContext(t.Context(), actor.NewClient(transport, actor.ClientConfig{})), 50*time.Millisecond)
	defer cancel()
	if cents, err := ask(ctx, tasks.Parcel{Kilos: 2}); cents != 0 || !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, actor.ErrOutcomeUnknown) {
		t.Errorf("got %d cents, %v, want an unknown outcome at the deadline", cents, err)
	}
}

// TestLostReplyIsAskedForAgain: the connection goes while the task runs.
func TestLostReplyIsAskedForAgain(t *testing.T) {
	transport := memory.New(memory.Config{})
	var runs atomic.Int32
	interrupt := func(next actor.Handler) actor.Handler {
		return func(ctx context.Context, m actor.Message) error {
			if runs.Add(1) == 1 {
				transport.Interrupt()
			}
			return next(ctx, m)
		}
	}
	ctx := withWorker(t, transport, interrupt)
	if cents, err := ask(ctx, tasks.Parcel{Kilos: 2}); cents != 500 || err != nil {
		t.Errorf("got %d cents, %v, want 500", cents, err)
	}
}
