package amqp

import (
	"crypto/tls"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// everything of issue 3 that is asked of one node: it wants certificates of its
// clients on its TLS port and takes small frames only.
func TestConnections(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	certificate, key := pemOf(t, ca.issue("rabbit.test", time.Now().Add(time.Hour)))
	node := rabbittest.MustStart(t, rabbittest.Options{
		Config: "frame_max = 8192",
		TLS:    &rabbittest.TLS{Certificate: certificate, Key: key, ClientAuthority: ca.pem()},
	})
	trusted := &tls.Config{RootCAs: ca.pool(), Certificates: []tls.Certificate{ca.issue("client", time.Now().Add(time.Hour))}}
	var all tenants
	for _, name := range []string{"rotating", "revoked", "known", "doomed", "revoking", "lazy", "frames", "stuck"} {
		all.add(name)
	}
	all.create(t, node)
	t.Run("beside each other", func(t *testing.T) {
		var all sync.WaitGroup // they mostly wait, so all at once, where Parallel is bounded
		defer all.Wait()
		for name, run := range map[string]func(t *testing.T){
			"TLS":                 func(t *testing.T) { testTLS(t, node, trusted) },
			"TLS refused":         func(t *testing.T) { testTLSRefused(t, node, ca, trusted) },
			"rotation":            func(t *testing.T) { testRotation(t, node) },
			"credentials revoked": func(t *testing.T) { testRevokedCredentials(t, node) },
			"credentials fail":    func(t *testing.T) { testFailingCredentials(t, node) },
			"one host refuses":    func(t *testing.T) { testOneHostRefuses(t, node) },
			"vhost deleted":       func(t *testing.T) { testDeletedVhost(t, node) },
			"permissions revoked": func(t *testing.T) { testRevokedPermissions(t, node) },
			"lazy and refused":    func(t *testing.T) { testLazyRefused(t, node) },
			"secrets":             func(t *testing.T) { testSecrets(t, node, trusted) },
			"frames":              func(t *testing.T) { testFrames(t, node) },
			"no confirms":         func(t *testing.T) { testNoConfirms(t, node) },
		} {
			all.Go(func() { t.Run(name, run) })
		}
	})
	t.Run("blocked", func(t *testing.T) { testBlockedIsNotSilent(t, node) })
}

// tenants are users with a vhost of the same name, all made at once: each run of
// the control command takes a second.
type tenants struct {
	Vhosts      []map[string]string `json:"vhosts"`
	Users       []map[string]string `json:"users"`
	Permissions []map[string]string `json:"permissions"`
}

func (d *tenants) add(name string) {
	d.Vhosts = append(d.Vhosts, map[string]string{"name": name})
	d.Users = append(d.Users, map[string]string{"name": name, "password": "password", "tags": ""})
	for _, user := range []string{name, "guest"} {
		d.Permissions = append(d.Permissions, map[string]string{
			"user": user, "vhost": name, "configure": ".*", "write": ".*", "read": ".*"})
	}
}

func (d *tenants) create(t *testing.T, node *rabbittest.Node) {
	t.Helper()
	definitions, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "definitions.json")
	if err := os.WriteFile(file, definitions, 0o600); err != nil {
		t.Fatal(err)
	}
	ctl(t, node, "import_definitions", file)
}

// tenant is the URL of one.
func tenant(node *rabbittest.Node, name string) string {
	return "amqp://" + name + ":password@" + node.Addr() + "/" + name
}

// asGuest is the administrator's URL for a vhost.
func asGuest(t *testing.T, broker string) string {
	t.Helper()
	u, err := url.Parse(broker)
	if err != nil {
		t.Fatal("the node's URL is malformed")
	}
	u.User = url.UserPassword("guest", "guest")
	return u.String()
}

// hangUp closes the connection of transport, the only one of its vhost, and
// waits until that has come through.
func hangUp(t *testing.T, node *rabbittest.Node, vhost string, transport *Transport) {
	t.Helper()
	before := transport.Stats().ConnectionsLost
	ctl(t, node, "close_all_connections", "--vhost", vhost, "test")
	eventually(t, "the connection is lost", func() bool { return transport.Stats().ConnectionsLost > before })
}
