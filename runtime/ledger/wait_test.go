package ledger

import (
	"context"
	"net/url"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// patience bounds every wait for what has to come, on a busy machine.
const patience = 60 * time.Second

// eventually waits for what must come to hold.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	if !happens(holds) {
		t.Fatalf("%s: not within %s", what, patience)
	}
}

// happens waits for what should come to hold, and says whether it did.
func happens(holds func() bool) bool { return happensWithin(patience, holds) }

func happensWithin(limit time.Duration, holds func() bool) bool {
	for deadline := time.Now().Add(limit); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			return false
		}
	}
	return true
}

func emptyArguments() *actor.Encoder {
	e := actor.NewEncoder()
	e.Map(0)
	return e
}

// parse reads the URL of a broker.
func parse(t *testing.T, broker string) *url.URL {
	t.Helper()
	u, err := url.Parse(broker)
	if err != nil {
		t.Fatal("the broker's URL is malformed")
	}
	return u
}

// hostOf returns the host and port of a broker.
func hostOf(t *testing.T, broker string) string { return parse(t, broker).Host }

func credentialsOf(t *testing.T, broker string) (user, password string) {
	u := parse(t, broker).User
	password, _ = u.Password()
	return u.Username(), password
}

// ctl runs rabbitmqctl on a node and returns what it printed.
func ctl(t *testing.T, node *rabbittest.Node, arguments ...string) string {
	t.Helper()
	output, err := node.Ctl(context.Background(), append([]string{"--quiet"}, arguments...)...)
	if err != nil {
		t.Fatal(err)
	}
	return output
}
