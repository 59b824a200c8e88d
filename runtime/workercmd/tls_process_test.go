package workercmd

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp/topology"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// A worker is let in by a certificate, which is renewed while it runs, and does
// its work with the least permissions.
func TestTLS(t *testing.T) {
	t.Parallel()
	ca := rabbittest.NewAuthority(t)
	certificate, key := rabbittest.PEM(t, ca.Issue("rabbit.test", time.Now().Add(time.Hour)))
	node := rabbittest.MustStart(t, rabbittest.Options{
		TLS:     &rabbittest.TLS{Certificate: certificate, Key: key, ClientAuthority: ca.PEM()},
		Plugins: []string{"rabbitmq_auth_mechanism_ssl"},
		Config:  "auth_mechanisms.1 = EXTERNAL\nauth_mechanisms.2 = PLAIN\nssl_cert_login_from = common_name\n",
	})
	l := openLedger(t, node.URL(), "tasks")
	tasks := l.send(5, quick) // which declares the queue
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	become := func(user string) {
		certificate, key := rabbittest.PEM(t, ca.Issue(user, time.Now().Add(time.Hour)))
		for name, text := range map[string][]byte{"ca.pem": ca.PEM(), "client.pem": certificate, "client.key": key} {
			if err := os.WriteFile(file(name), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		p := topology.Permit(topology.Want{Queues: []actor.Queue{{Name: l.queues[0]}}}, topology.Worker, false)
		control(t, node, "add_user", user, "unused")
		control(t, node, "set_permissions", user, p.Configure, p.Write, p.Read)
	}
	become("first")
	w := startWorker(t, l.names(), "-broker", "amqps://"+node.TLSAddr()+"/?auth_mechanism=external", "-declare", "never",
		"-tls-ca", file("ca.pem"), "-tls-cert", file("client.pem"), "-tls-key", file("client.key"))
	w.says("finished", tasks...)

	become("second")
	control(t, node, "delete_user", "first")
	control(t, node, "close_all_connections", "renewed")
	w.says("finished", l.send(5, quick)...)

	w.signal(syscall.SIGTERM)
	w.endsAfter(5*time.Second, exitDrained)
	l.settleOnce(w)
	if log := w.log(); strings.Contains(log, "declar") {
		t.Errorf("got something said of declarations, want none:\n%s", log)
	}
}

func control(t *testing.T, node *rabbittest.Node, arguments ...string) {
	t.Helper()
	if _, err := node.Ctl(t.Context(), append([]string{"--quiet"}, arguments...)...); err != nil {
		t.Fatal(err)
	}
}
