package amqp

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

func TestIdleTransportReconnects(t *testing.T) {
	t.Parallel()
	proxy, via := proxyTo(t, rabbittest.URL(t))
	transport := dialTest(t, Config{URL: via})
	before, _ := transport.publishing.state()
	proxy.Refuse()
	proxy.Reset()
	eventually(t, "the loss is noticed", func() bool { s, _ := transport.publishing.state(); return s == nil })
	if err := proxy.Restore(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "connected again", func() bool { s, _ := transport.publishing.state(); return s != nil && s != before })
	mustSend(t, transport, testEnvelope(testQueue(t), "after"))
}

// alarms counts what is logged above the level of an ordinary event.
type alarms struct {
	slog.Handler
	count atomic.Int32
}

func (a *alarms) Enabled(_ context.Context, level slog.Level) bool { return level > slog.LevelInfo }
func (a *alarms) WithAttrs([]slog.Attr) slog.Handler               { return a }
func (a *alarms) Handle(context.Context, slog.Record) error        { a.count.Add(1); return nil }

func TestCloseAlarmsNobody(t *testing.T) {
	t.Parallel()
	logged := &alarms{Handler: slog.DiscardHandler}
	transport, err := Dial(t.Context(), Config{URL: rabbittest.URL(t), Logger: slog.New(logged)})
	if err != nil {
		t.Fatal(err)
	}
	q := testQueue(t)
	mustSend(t, transport, testEnvelope(q, "a"))
	mustReceive(t, mustConsume(t, transport, q, 10)).Settlement.Ack(true)
	if err := transport.Close(); err != nil {
		t.Fatal(err)
	}
	if n := logged.count.Load(); n > 0 {
		t.Errorf("got %d warnings from an orderly close, want none", n)
	}
}

func TestDial(t *testing.T) {
	t.Parallel()
	broker := rabbittest.URL(t)
	wrong := func(change func(*url.URL)) string {
		u, err := url.Parse(broker)
		if err != nil {
			t.Fatal("broker URL is malformed")
		}
		change(u)
		return u.String()
	}
	for name, bad := range map[string]string{
		"credentials": wrong(func(u *url.URL) { u.User = url.UserPassword("nobody", "wrong") }),
		"vhost":       wrong(func(u *url.URL) { u.Path = "/no-such-vhost" }),
	} {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		start := time.Now()
		_, err := Dial(ctx, Config{URL: bad, Logger: slog.New(slog.DiscardHandler)})
		cancel()
		if r := (*refusal)(nil); !errors.As(err, &r) || time.Since(start) > 20*time.Second {
			t.Errorf("Dial with wrong %s: got %v after %s, want a refusal", name, err, time.Since(start))
		}
	}

	proxy, via := proxyTo(t, broker)
	proxy.Refuse()
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	if _, err := Dial(ctx, Config{URL: via, Logger: slog.New(slog.DiscardHandler)}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Dial without a broker: got %v, want the context's error", err)
	}
	mute, viaMute := proxyTo(t, broker)
	mute.Inject(rabbittest.ToClient, rabbittest.Fault{Stall: true})
	shortly, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	_, err := Dial(shortly, Config{URL: viaMute, Logger: slog.New(slog.DiscardHandler)})
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), mute.Addr()) {
		t.Errorf("Dial to a broker that says nothing: got %v, want the context's error and the host", err)
	}
	_, err = Dial(t.Context(), Config{URL: broker, TLS: &tls.Config{MinVersion: tls.VersionTLS12}})
	if err == nil || !strings.Contains(err.Error(), "amqps") {
		t.Errorf("Dial with TLS and amqp://: got %v, want to be told of amqps", err)
	}
	lazy := dialTest(t, Config{URL: via, Lazy: true})
	if err := proxy.Restore(); err != nil {
		t.Fatal(err)
	}
	mustSend(t, lazy, testEnvelope(testQueue(t), "later"))
}
