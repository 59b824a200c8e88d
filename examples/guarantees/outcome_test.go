package guarantees_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/examples/guarantees"
	"github.com/actorgen/actorgen/examples/guarantees/tasks"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/memory"
)

func TestAfterEveryOutcome(t *testing.T) {
	in := func(config memory.Config) context.Context {
		return actor.NewContext(t.Context(), actor.NewClient(memory.New(config), actor.ClientConfig{}))
	}
	closed := memory.New(memory.Config{})
	closed.Close()
	nacked := &actor.PublishError{Outcome: actor.ErrNacked}
	unknown := &actor.PublishError{Outcome: actor.ErrOutcomeUnknown, Cause: actor.ErrConnectionLost}
	tests := map[string]struct {
		err  error
		want guarantees.Next
	}{
		"queued":     {tasks.ShipOrder.Send(in(memory.Config{}), "1"), guarantees.Nothing},
		"unroutable": {tasks.ShipOrder.Send(in(memory.Config{NoDeclare: true}), "1"), guarantees.MakeQueue},
		"full":       {tasks.ShipOrder.Send(in(memory.Config{MaxBytes: 1}), "1"), guarantees.Again},
		"closed":     {tasks.ShipOrder.Send(actor.NewContext(t.Context(), actor.NewClient(closed, actor.ClientConfig{})), "1"), guarantees.Again},
		"too late":   {tasks.RemindOfPayment.SendWithDelay(in(memory.Config{}), 25*time.Hour, "1"), guarantees.Mend},
		"invalid":    {tasks.ShipOrder.With(actor.MessageID(strings.Repeat("x", 256))).Send(in(memory.Config{}), "1"), guarantees.Mend},
		"no client":  {&actor.NoClientError{Broker: actor.DefaultName}, guarantees.Mend},
		"nacked":     {nacked, guarantees.MaybeTwice},
		"unknown":    {unknown, guarantees.MaybeTwice},
	}
	for name, test := range tests {
		if got := guarantees.After(test.err); got != test.want {
			t.Errorf("%s, %v: got %q, want %q", name, test.err, got, test.want)
		}
	}
}

func TestQuote(t *testing.T) {
	transport := memory.New(memory.Config{})
	client := actor.NewClient(transport, actor.ClientConfig{})
	ctx := actor.NewContext(t.Context(), client)

	hurried, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
	defer cancel()
	if _, again, err := guarantees.Quote(hurried, 2); !again || !errors.Is(err, actor.ErrOutcomeUnknown) {
		t.Errorf("no worker: got %t, %v, want ErrOutcomeUnknown, which may be asked again", again, err)
	}

	running, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- actor.NewWorker(client, actor.WorkerConfig{}, tasks.Actors()).Run(running) }()
	if cents, again, err := guarantees.Quote(ctx, 2); cents != 1990 || again || err != nil {
		t.Errorf("got %d, %t, %v, want 1990", cents, again, err)
	}
	if _, again, err := guarantees.Quote(ctx, 0); again || err == nil || !strings.Contains(err.Error(), "no items") {
		t.Errorf("got %t, %v, want the worker's error", again, err)
	}
	stop()
	if got := guarantees.EndOf(<-ended); !strings.HasPrefix(got, "drained") {
		t.Errorf("EndOf: got %q, want that it drained", got)
	}
}

func TestEndOfSaysWhichQueueDiffers(t *testing.T) {
	ch := purged(t)
	if _, err := ch.QueueDeclare(orders, true, false, false, false, amqp091.Table{
		"x-queue-type": "classic", "x-dead-letter-exchange": "", "x-dead-letter-routing-key": orders + actor.DeadLetterSuffix,
	}); err != nil {
		t.Fatal(err)
	}
	got := guarantees.EndOf(guarantees.WorkReliably(t.Context(), dialled(t)))
	if want := "queue guarantees-orders has x-queue-type classic, and needs quorum"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEndOf(t *testing.T) {
	closed := memory.New(memory.Config{})
	closed.Close()
	client := actor.NewClient(closed, actor.ClientConfig{})
	for want, err := range map[string]error{
		"cut short":   actor.ErrDrainTimeout,
		"its transp":  guarantees.WorkReliably(t.Context(), client),
		"not started": actor.NewWorker(client, actor.WorkerConfig{}).Run(t.Context()),
	} {
		if got := guarantees.EndOf(err); !strings.HasPrefix(got, want) {
			t.Errorf("%v: got %q, want %q …", err, got, want)
		}
	}
}

func TestExplainTellsTheCausesApart(t *testing.T) {
	for cause, want := range map[error]slog.Level{
		actor.ErrHandlerTimeout: slog.LevelWarn,
		actor.ErrShutdown:       slog.LevelInfo,
		actor.ErrCallExpired:    slog.LevelInfo,
	} {
		ctx, end := context.WithCancelCause(t.Context())
		end(cause)
		var lines levels
		handler := guarantees.Explain(slog.New(&lines))(func(ctx context.Context, _ actor.Message) error { return ctx.Err() })
		if err := handler(ctx, actor.Message{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%v: got %v, want the handler's error", cause, err)
		}
		if len(lines) != 1 || lines[0] != want {
			t.Errorf("%v: got lines of levels %v, want one of %s", cause, lines, want)
		}
	}
}

// levels collects the levels of what is logged.
type levels []slog.Level

func (l *levels) Enabled(context.Context, slog.Level) bool { return true }
func (l *levels) WithAttrs([]slog.Attr) slog.Handler       { return l }
func (l *levels) WithGroup(string) slog.Handler            { return l }

func (l *levels) Handle(_ context.Context, r slog.Record) error {
	*l = append(*l, r.Level)
	return nil
}
