package amqp

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// secret is the password of the user "secret", in need of much escaping.
const secret = "s3cr%t p@ss/w:rd"

// No error, no line of the log and no way to print a transport shows the
// password, whatever goes wrong.
func testSecrets(t *testing.T, node *rabbittest.Node, trusted *tls.Config) {
	encoded := url.UserPassword("", secret).String()[1:]
	var said bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelDebug}))
	dialAnd := func(c Config) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		c.Logger = logger
		transport, err := Dial(ctx, c)
		if transport != nil {
			transport.Close() // before it is printed: nobody uses it any more
		}
		fmt.Fprintf(&said, "%v %+v %#v %+v %#v\n", err, err, err, transport, transport)
		for cause := err; cause != nil; cause = errors.Unwrap(cause) {
			fmt.Fprintf(&said, "%v %+v %#v\n", cause, cause, cause)
		}
	}
	login := func(err error) func(context.Context) (string, string, error) {
		return func(context.Context) (string, string, error) { return "secret", secret, err }
	}
	as := func(scheme, user, host string) string {
		return scheme + "://" + user + ":" + encoded + "@" + host + "/"
	}
	broker := as("amqp", "secret", node.Addr())
	for _, c := range []Config{
		{URL: broker},
		{URL: as("amqp", "nobody", node.Addr())},
		{URL: as("amqp", "secret", node.Addr()+"-")},
		{URL: as("amqp", "secret", "no..such..host")},
		{URL: as("amqp", "secret", mute(t)), DialTimeout: time.Second},
		{URL: as("amqp", "secret", node.TLSAddr()), DialTimeout: time.Second},
		{URL: as("amqps", "secret", node.TLSAddr())},
		{URL: as("amqps", "secret", node.Addr())},
		{URL: as("amqps", "secret", node.TLSAddr()), TLS: trusted},
		{URL: as("http", "secret", node.Addr())},
		{URL: "amqp://secret:" + secret + "@" + node.Addr() + "/"}, // not encoded
		{URL: "amqp://secret:5672/" + secret + "@" + node.Addr() + "/"},
		{URL: as("amqp", "secret", node.Addr()) + "missing"},
		{URL: as("amqp", "secret", node.Addr()), Lazy: true},
		{URL: as("amqp", "secret", node.Addr()), MaxDelay: -1},
		{URL: node.URL(), Credentials: login(nil)},
		{URL: broker, Credentials: login(errors.New("vault is sealed"))},
	} {
		dialAnd(c)
	}
	if !strings.Contains(said.String(), "vault is sealed") {
		t.Error("got nothing of what was said, want it")
	}
	for _, form := range []string{secret, encoded, url.QueryEscape(secret), url.PathEscape(secret), "s3cr", "p@ss", "w:rd"} {
		if i := strings.Index(said.String(), form); i >= 0 {
			t.Errorf("got %q in the output, want no part of the password: …%s", form, said.String()[max(0, i-200):min(i+40, said.Len())])
		}
	}
}
