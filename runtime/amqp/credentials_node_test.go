package amqp

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// The next connection is made with what the callback says then, not with what
// the URL says.
func testRotation(t *testing.T, node *rabbittest.Node) {
	broker := tenant(node, "rotating")
	var password atomic.Value
	password.Store("password")
	transport := dialTest(t, Config{
		URL:         strings.Replace(broker, ":password@", ":outdated@", 1),
		Credentials: func(context.Context) (string, string, error) { return "rotating", password.Load().(string), nil },
	})
	q := testQueue(t)
	mustSend(t, transport, testEnvelope(q, "before"))
	ctl(t, node, "change_password", "rotating", "second")
	password.Store("second")
	hangUp(t, node, "rotating", transport)
	mustSend(t, transport, testEnvelope(q, "after"))
	if got := transport.Stats(); got.Connects != 2 || got.ConnectionsLost != 1 {
		t.Errorf("got %+v, want 2 connections of which 1 was lost", got)
	}
	holdsExactly(t, inVhost(node, "rotating"), q.Name, map[string]bool{"before": true, "after": true})
}

// Revoked credentials are tried on for ever, quietly, and serve again once they
// are restored.
func testRevokedCredentials(t *testing.T, node *rabbittest.Node) {
	broker := tenant(node, "revoked")
	logged := recordsBy("host")
	var attempts atomic.Int32
	transport := dialTest(t, Config{URL: broker, Logger: loggerOf(logged), Credentials: func(context.Context) (string, string, error) {
		attempts.Add(1)
		return "revoked", "password", nil
	}})
	q := testQueue(t)
	mustSend(t, transport, testEnvelope(q, "before"))
	ctl(t, node, "change_password", "revoked", "another")
	hangUp(t, node, "revoked", transport)
	e := testEnvelope(q, "during")
	mustNotSend(t, transport, e)
	eventually(t, "it is tried on", func() bool { return attempts.Load() >= 1+3 }) // each takes the broker three seconds
	if got := logged.of(node.Addr()); got != 2 {
		t.Errorf("got %d warnings, want one of the loss and one of the refusal", got)
	}
	ctl(t, node, "change_password", "revoked", "password")
	mustSend(t, transport, testEnvelope(q, "after"))
	holdsExactly(t, inVhost(node, "revoked"), q.Name, map[string]bool{"before": true, "after": true})
}

// mustNotSend sends while there is no connection: the answer comes in time.
func mustNotSend(t *testing.T, transport *Transport, e actor.Envelope) {
	t.Helper()
	e.Timeout = time.Second
	start := time.Now()
	err := send(transport, e)
	if took := time.Since(start); took > e.Timeout+late {
		t.Errorf("message %s: send took %s, want about %s", e.ID, took, e.Timeout)
	}
	if failed := failure(t, err, e, actor.ErrNotSent); !errors.Is(failed.Cause, actor.ErrConnectionLost) {
		t.Errorf("message %s: got %v, want the cause %q", e.ID, err, actor.ErrConnectionLost)
	}
}

// A callback that fails or hangs is asked again, and its error is Dial's.
func testFailingCredentials(t *testing.T, node *rabbittest.Node) {
	errSealed := errors.New("vault is sealed")
	logged := recordsBy("host")
	var asked atomic.Int32
	dialTest(t, Config{URL: node.URL(), Logger: loggerOf(logged), Credentials: func(context.Context) (string, string, error) {
		if asked.Add(1) < 4 {
			return "", "", errSealed
		}
		return "guest", "guest", nil
	}})
	if got := logged.of(node.Addr()); got != 1 {
		t.Errorf("got %d warnings of 3 equal errors, want 1", got)
	}

	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	_, err := Dial(ctx, Config{URL: node.URL(), Logger: slog.New(slog.DiscardHandler),
		Credentials: func(context.Context) (string, string, error) { return "", "", errSealed }})
	if !errors.Is(err, errSealed) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Dial: got %v, want the end of the context and %q", err, errSealed)
	}

	asked.Store(0)
	dialTest(t, Config{URL: node.URL(), DialTimeout: 2 * time.Second, Credentials: func(ctx context.Context) (string, string, error) {
		if asked.Add(1) < 3 {
			<-ctx.Done()
			return "", "", context.Cause(ctx)
		}
		return "guest", "guest", nil
	}})
}

// A refusal is final for Dial only where no other host takes the connection.
func testOneHostRefuses(t *testing.T, node *rabbittest.Node) {
	broker := tenant(node, "known")
	elsewhere, err := url.Parse(rabbittest.URL(t))
	if err != nil {
		t.Fatal("the broker's URL is malformed")
	}
	for range 3 { // from either host
		dialTest(t, Config{URL: strings.Replace(broker, node.Addr(), elsewhere.Host+","+node.Addr(), 1)})
	}

	down, _ := proxyTo(t, node.URL())
	down.Refuse()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	start := time.Now()
	_, err = Dial(ctx, Config{URL: "amqp://known:wrong@" + node.Addr() + "," + down.Addr() + "/known", Logger: slog.New(slog.DiscardHandler)})
	if took := time.Since(start); !isRefusal(err) || took > 15*time.Second {
		t.Errorf("Dial, one host refuses and the other is down: got %v after %s, want a refusal at once", err, took)
	}
}
