package amqp

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

func connectTest(t *testing.T, url string) *Connection {
	t.Helper()
	c, err := Connect(t.Context(), Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func lookFor(queue string) func(*amqp.Channel) error {
	return func(ch *amqp.Channel) error {
		_, err := ch.QueueDeclarePassive(queue, true, false, false, false, nil)
		return err
	}
}

// An answer that closes the channel leaves the connection usable.
func TestConnectionGoesOnAfterARefusal(t *testing.T) {
	c := connectTest(t, rabbittest.URL(t))
	if c.Property("version") == "" {
		t.Error("got no version of the broker")
	}
	q := testQueue(t)
	for range 2 {
		if err := c.Ask(t.Context(), lookFor(q.Name)); !isMissing(err) {
			t.Errorf("ask for a missing queue: got %v", err)
		}
	}
	if err := c.Ask(t.Context(), func(ch *amqp.Channel) error {
		_, err := ch.QueueDeclare(q.Name, true, false, false, false, nil)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := c.Ask(t.Context(), lookFor(q.Name)); err != nil {
			t.Error(err)
		}
	}
	deleteQueue(t, q.Name)
	for range 2 {
		if err := c.Close(); err != nil {
			t.Errorf("close: got %v", err)
		}
	}
	if err := c.Ask(t.Context(), lookFor(q.Name)); !errors.Is(err, actor.ErrConnectionLost) {
		t.Errorf("ask after the end: got %v, want the connection lost", err)
	}
}

// A connection that does not answer ends with the context, and one that is cut
// says so.
func TestConnectionLost(t *testing.T) {
	through, url := proxyTo(t, rabbittest.URL(t))
	cut, mute := connectTest(t, url), connectTest(t, url)
	through.Inject(rabbittest.ToClient, rabbittest.Fault{Swallow: true})
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	started := time.Now()
	if err := mute.Ask(ctx, lookFor("q")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("ask a mute broker: got %v, want the context's error", err)
	}
	if took := time.Since(started); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
	through.Reset()
	if err := cut.Ask(t.Context(), lookFor("q")); !errors.Is(err, actor.ErrConnectionLost) {
		t.Errorf("ask after a cut: got %v, want the connection lost", err)
	}
}

// Each host is tried once and named with what came of it.
func TestConnectNamesHosts(t *testing.T) {
	good := rabbittest.URL(t)
	bad := strings.Replace(good, "@", "@127.0.0.1:1,", 1)
	for range 4 { // the start is random
		connectTest(t, bad)
	}
	_, err := Connect(t.Context(), Config{URL: "amqp://u:secret@127.0.0.1:1,127.0.0.1:2/"})
	if err == nil || !strings.Contains(err.Error(), "127.0.0.1:1:") || !strings.Contains(err.Error(), "127.0.0.1:2:") || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v, want both hosts named, and no password", err)
	}
}

func TestLocate(t *testing.T) {
	l, err := Locate("amqps://u:p%2Fw@a,b:1/v%2F")
	if err != nil {
		t.Fatal(err)
	}
	user, password, err := l.Login(t.Context())
	if err != nil || user != "u" || password != "p/w" || !l.TLS || l.VHost != "v/" || strings.Join(l.Hosts, " ") != "a:5671 b:1" {
		t.Errorf("got %+v, %q, %q, %v", l, user, password, err)
	}
	if _, err := Locate("u:secret@h"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v, want an error without the password", err)
	}
}
