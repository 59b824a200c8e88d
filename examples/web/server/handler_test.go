package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/examples/web/order"
	"github.com/actorgen/actorgen/examples/web/tasks/client"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/memory"
)

const uuid = "0199f3c2-7d3b-7c1e-9d0e-3f1a5b7c9d11"

// post sends a request through c, and returns the answer.
func post(t *testing.T, ctx context.Context, c *actor.Client, key, body string) *httptest.ResponseRecorder {
	t.Helper()
	request := httptest.NewRequestWithContext(actor.NewContext(ctx, c), http.MethodPost, "/orders", strings.NewReader(body))
	request.Header.Set("Idempotency-Key", key)
	answer := httptest.NewRecorder()
	new(server).routes().ServeHTTP(answer, request)
	return answer
}

func TestRepeatedRequestsAreOneTask(t *testing.T) {
	transport := memory.New(memory.Config{})
	defer transport.Close()
	c := actor.NewClient(transport, actor.ClientConfig{})
	for range 2 {
		if answer := post(t, t.Context(), c, uuid, `{"customer": "Ada", "cents": 1200}`); answer.Code != http.StatusAccepted {
			t.Fatalf("got status %d, %s, want 202", answer.Code, answer.Body)
		}
	}
	consumer, err := transport.Consume(t.Context(), actor.Subscription{Queue: &actor.Queue{Name: "web-receipts"}, Prefetch: 2})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		d, err := consumer.Receive(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		args, err := client.WriteReceipt.Args(actor.Message{ID: d.ID, Actor: d.Actor, Body: d.Body})
		if want := (order.Order{ID: uuid, Customer: "Ada", Cents: 1200}); d.ID != uuid || args.O != want || err != nil {
			t.Errorf("got message %s with %+v, %v, want %s with %+v", d.ID, args.O, err, uuid, want)
		}
	}
}

func TestWhatIsNoOrder(t *testing.T) {
	for name, request := range map[string]struct{ key, body string }{
		"no key":          {"", `{}`},
		"a key of a path": {"../../etc/passwd", `{}`},
		"no JSON":         {uuid, `order`},
		"too long":        {uuid, `{"customer": "` + strings.Repeat("a", 64<<10) + `"}`},
	} {
		if answer := post(t, t.Context(), nil, request.key, request.body); answer.Code != http.StatusBadRequest {
			t.Errorf("%s: got status %d, %s, want 400", name, answer.Code, answer.Body)
		}
	}
}

// TestAnswers has each outcome happen, but for the unknown one and the nack, which
// the broker in memory does not have.
func TestAnswers(t *testing.T) {
	closed := memory.New(memory.Config{})
	closed.Close()
	fails := func(outcome error) actor.ClientConfig {
		return actor.ClientConfig{Middleware: []actor.SendMiddleware{func(actor.Sender) actor.Sender {
			return func(context.Context, []actor.Message) []error {
				return []error{&actor.PublishError{Outcome: outcome, Cause: actor.ErrConnectionLost}}
			}
		}}}
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	for name, test := range map[string]struct {
		ctx    context.Context
		client *actor.Client
		want   int
		again  string
	}{
		"not sent":   {t.Context(), actor.NewClient(closed, actor.ClientConfig{}), http.StatusServiceUnavailable, "2"},
		"no client":  {t.Context(), nil, http.StatusServiceUnavailable, "2"},
		"unroutable": {t.Context(), actor.NewClient(memory.New(memory.Config{NoDeclare: true}), actor.ClientConfig{}), http.StatusInternalServerError, "2"},
		"unknown":    {t.Context(), actor.NewClient(closed, fails(actor.ErrOutcomeUnknown)), http.StatusGatewayTimeout, "2"},
		"nacked":     {t.Context(), actor.NewClient(closed, fails(actor.ErrNacked)), http.StatusGatewayTimeout, "2"},
		"gone":       {gone, actor.NewClient(memory.New(memory.Config{}), actor.ClientConfig{}), http.StatusServiceUnavailable, ""},
	} {
		answer := post(t, test.ctx, test.client, uuid, `{}`)
		if again := answer.Header().Get("Retry-After"); answer.Code != test.want || again != test.again {
			t.Errorf("%s: got status %d, retry after %q, want %d, %q", name, answer.Code, again, test.want, test.again)
		}
	}
}
