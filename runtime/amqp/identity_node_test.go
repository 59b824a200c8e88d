package amqp

import (
	"strings"
	"testing"

	"github.com/actorgen/actorgen/runtime/rabbittest"
	"github.com/actorgen/actorgen/runtime/version"
)

// The broker's operators see whose connection it is, and which version of the
// library runs there.
func testIdentity(t *testing.T, node *rabbittest.Node) {
	dialTest(t, Config{URL: node.URL(), Name: "billing-7"})
	listed, err := node.Ctl(t.Context(), "--quiet", "list_connections", "client_properties")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(listed) {
		if strings.Contains(line, "billing-7") {
			for _, want := range []string{`"product","actorgen"`, `"version","` + version.Library() + `"`} {
				if !strings.Contains(line, want) {
					t.Errorf("got connection %s, want %s in it", line, want)
				}
			}
			return
		}
	}
	t.Errorf("got connections\n%s\nwant billing-7 among them", listed)
}
