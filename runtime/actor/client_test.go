package actor_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
)

// recorder is a transport that takes everything, but for the IDs it refuses.
type recorder struct {
	actor.Transport
	sent   []actor.Envelope
	refuse map[string]bool
}

func (r *recorder) MaxDelay() time.Duration { return time.Hour }

func (r *recorder) Publish(_ context.Context, batch []actor.Envelope) (errs []error) {
	for i, e := range batch {
		if !r.refuse[e.ID] {
			r.sent = append(r.sent, e)
			continue
		}
		if errs == nil {
			errs = make([]error, len(batch))
		}
		errs[i] = e.Fail(actor.ErrUnroutable, nil)
	}
	return errs
}

var mail = actor.NewStub(&actor.Definition{Name: "shop.Mail", Queue: actor.Queue{Name: "mail"}})

func message(t testing.TB, stub actor.Stub, text string) actor.Message {
	t.Helper()
	e := actor.NewEncoder()
	e.Map(1)
	e.Key("text").String(text)
	e.End()
	m, err := stub.Message(e)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestPublishReportsEachMessagesOutcome(t *testing.T) {
	transport := &recorder{refuse: map[string]bool{"refused": true}}
	client := actor.NewClient(transport, actor.ClientConfig{})
	messages := []actor.Message{
		message(t, mail.With(actor.MessageID("first")), "1"),
		message(t, mail.With(actor.MessageID("refused")), "2"),
		message(t, mail.With(actor.MessageID("invalid"), actor.Priority(1000)), "3"),
		message(t, mail.With(actor.MessageID("last")), "4"),
		{ID: "homeless"},
	}
	err := client.Publish(t.Context(), messages...)
	var batch *actor.BatchError
	if !errors.As(err, &batch) || len(batch.Errors) != len(messages) {
		t.Fatalf("got %v, want a BatchError parallel to the messages", err)
	}
	var invalid *actor.InvalidMessageError
	for i, ok := range []bool{
		batch.Errors[0] == nil,
		errors.Is(batch.Errors[1], actor.ErrUnroutable),
		errors.As(batch.Errors[2], &invalid),
		batch.Errors[3] == nil,
		errors.As(batch.Errors[4], &invalid),
	} {
		if !ok {
			t.Errorf("message %d: got %v", i, batch.Errors[i])
		}
	}
	if !errors.Is(err, actor.ErrUnroutable) {
		t.Errorf("got %v, want it to unwrap to its messages' errors", err)
	}
	var sent []string
	for _, e := range transport.sent {
		sent = append(sent, e.ID)
	}
	if want := []string{"first", "last"}; !slices.Equal(sent, want) {
		t.Errorf("got %q sent, want %q", sent, want)
	}
	if err := client.Publish(t.Context(), messages[0], messages[3]); err != nil {
		t.Errorf("all confirmed: got %v, want nil", err)
	}
	if err := client.Publish(t.Context()); err != nil {
		t.Errorf("nothing to send: got %v, want nil", err)
	}
}

func TestStubPicksItsClient(t *testing.T) {
	names := []string{"via", "context", "default", "analytics"}
	transports, clients := map[string]*recorder{}, map[string]*actor.Client{}
	for _, name := range names {
		transports[name] = &recorder{}
		clients[name] = actor.NewClient(transports[name], actor.ClientConfig{})
	}
	took := func() string {
		for _, name := range names {
			if len(transports[name].sent) > 0 {
				transports[name].sent = nil
				return name
			}
		}
		return "none"
	}
	elsewhere := actor.NewStub(&actor.Definition{Name: "shop.Count", Broker: "analytics"})
	m := message(t, mail, "x")
	ctx := actor.NewContext(t.Context(), clients["context"])

	var missing *actor.NoClientError
	if err := mail.Send(t.Context(), m); !errors.As(err, &missing) || missing.Broker != "default" || missing.Actor != "shop.Mail" {
		t.Errorf("nothing registered: got %v, want a NoClientError for default", err)
	}
	actor.SetDefault(clients["default"])
	t.Cleanup(func() { actor.SetDefault(nil) })
	if err := elsewhere.Send(ctx, message(t, elsewhere, "x")); !errors.As(err, &missing) || missing.Broker != "analytics" {
		t.Errorf("a named broker: got %v, want no fallback to the default one", err)
	}
	actor.SetBroker("analytics", clients["analytics"])
	t.Cleanup(func() { actor.SetBroker("analytics", nil) })

	for want, send := range map[string]func() error{
		"default":   func() error { return mail.Send(t.Context(), m) },
		"context":   func() error { return mail.Send(ctx, m) },
		"via":       func() error { return mail.Via(clients["via"]).Send(ctx, m) },
		"analytics": func() error { return elsewhere.Send(ctx, message(t, elsewhere, "x")) },
	} {
		if err := send(); err != nil {
			t.Errorf("%s: got %v, want nil", want, err)
		}
		if got := took(); got != want {
			t.Errorf("got it sent by %s, want %s", got, want)
		}
	}
}

func TestStubOptionsStayWithTheirCopy(t *testing.T) {
	transport := &recorder{}
	base := mail.Via(actor.NewClient(transport, actor.ClientConfig{})).With(actor.Header("a", 1))
	left, right := base.With(actor.Header("b", "left")), base.With(actor.Header("b", "right"), actor.Priority(3))
	for _, stub := range []actor.Stub{left, right, base} {
		if err := stub.Send(t.Context(), message(t, stub, "x")); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []any{"left", "right", nil} {
		if got := transport.sent[i].Headers["b"]; got != want {
			t.Errorf("send %d: got header b = %v, want %v", i, got, want)
		}
	}
	if got := transport.sent[1].Priority; got != 3 {
		t.Errorf("got priority %d, want 3", got)
	}
	if got := transport.sent[2].Priority; got != actor.NoPriority {
		t.Errorf("got priority %d, want none", got)
	}
}

func TestAtDelaysUntilItsTime(t *testing.T) {
	transport := &recorder{}
	stub := mail.Via(actor.NewClient(transport, actor.ClientConfig{}))
	for _, at := range []time.Time{time.Now().Add(30 * time.Minute), time.Now().Add(-time.Hour)} {
		stub := stub.With(actor.At(at))
		if err := stub.Send(t.Context(), message(t, stub, "x")); err != nil {
			t.Fatal(err)
		}
	}
	if got := transport.sent[0].Delay; got > 30*time.Minute || got < 29*time.Minute {
		t.Errorf("in half an hour: got a delay of %s, want 30m", got)
	}
	if got := transport.sent[1].Delay; got != 0 {
		t.Errorf("in the past: got a delay of %s, want none", got)
	}
}

func TestSendMiddlewareSeesEverySend(t *testing.T) {
	transport := &recorder{}
	var order []string
	wrap := func(name string) actor.SendMiddleware {
		return func(next actor.Sender) actor.Sender {
			return func(ctx context.Context, messages []actor.Message) []error {
				order = append(order, name)
				for i := range messages {
					messages[i].Headers = map[string]any{"by": name}
				}
				return next(ctx, messages)
			}
		}
	}
	client := actor.NewClient(transport, actor.ClientConfig{Middleware: []actor.SendMiddleware{wrap("outer"), wrap("inner")}})
	stub := mail.Via(client)
	if err := stub.SendWithDelay(t.Context(), time.Minute, message(t, stub, "x")); err != nil {
		t.Fatal(err)
	}
	if err := client.Publish(t.Context(), message(t, stub, "y"), message(t, stub, "z")); err != nil {
		t.Fatal(err)
	}
	if want := []string{"outer", "inner", "outer", "inner"}; !slices.Equal(order, want) {
		t.Errorf("got %q, want %q", order, want)
	}
	if len(transport.sent) != 3 || transport.sent[0].Headers["by"] != "inner" || transport.sent[0].Delay != time.Minute {
		t.Errorf("got %+v, want three sends with the middleware's header, the first delayed", transport.sent)
	}
}
