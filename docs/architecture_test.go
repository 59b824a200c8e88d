package docs

import (
	"slices"
	"strings"
	"testing"
)

// forbidden are the imports that the architecture rules out.
var forbidden = []struct {
	from, to string
	reason   string
}{
	{"generator", "runtime/", "the two halves never import each other; the compiler checks their joint in the goldens"},
	{"runtime", "generator/", "the two halves never import each other; the compiler checks their joint in the goldens"},
	{"runtime/actor", "runtime/", "transports are leaves that import package actor"},
	{"runtime/memory", "runtime/amqp", "a transport knows no other transport"},
	{"runtime/amqp", "runtime/memory", "a transport knows no other transport"},
	{"runtime/amqp", "runtime/metrics", "what counts is a leaf that asks the transport"},
	{"runtime/memory", "runtime/metrics", "what counts is a leaf that asks the transport"},
	{"runtime/tracing", "runtime/metrics", "nobody links Prometheus who wants traces alone"},
}

func TestImportsFollowTheArchitecture(t *testing.T) {
	packages := 0
	for _, line := range list(t, `{{.ImportPath}} {{join .Imports " "}}`) {
		path, imports, _ := strings.Cut(strings.TrimPrefix(line, module), " ")
		packages++
		for imported := range strings.FieldsSeq(imports) {
			imported, ours := strings.CutPrefix(imported, module)
			for _, rule := range forbidden {
				if ours && within(path, rule.from) && strings.HasPrefix(imported, rule.to) {
					t.Errorf("%s imports %s: %s", path, imported, rule.reason)
				}
			}
		}
	}
	if packages < 10 {
		t.Fatalf("got %d packages, want the whole module", packages)
	}
}

func within(path, folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }

// TestActorImportsOnlyMsgpack: whoever uses the runtime links no broker, and no
// metrics, that they did not ask for.
func TestActorImportsOnlyMsgpack(t *testing.T) {
	for _, line := range list(t, `{{.ImportPath}} {{join .Imports " "}}`) {
		path, imports, _ := strings.Cut(strings.TrimPrefix(line, module), " ")
		if path != "runtime/actor" {
			continue
		}
		for imported := range strings.FieldsSeq(imports) {
			domain, _, _ := strings.Cut(imported, "/")
			if strings.Contains(domain, ".") && !strings.HasPrefix(imported, "github.com/vmihailenco/msgpack/v5") {
				t.Errorf("runtime/actor imports %s, want the standard library and msgpack only", imported)
			}
		}
		return
	}
	t.Fatal("got no package runtime/actor")
}

// TestPrometheusStaysInItsLeaf: only metrics, and the mains that serve them, link it.
func TestPrometheusStaysInItsLeaf(t *testing.T) {
	allowed := []string{"runtime/metrics", "runtime/workercmd", "examples/monitoring"}
	found := 0
	for _, line := range list(t, `{{.ImportPath}} {{join .Imports " "}}`) {
		path, imports, _ := strings.Cut(strings.TrimPrefix(line, module), " ")
		if !strings.Contains(imports, "github.com/prometheus/") {
			continue
		}
		found++
		if !slices.Contains(allowed, path) {
			t.Errorf("%s imports Prometheus, want only %q to", path, allowed)
		}
	}
	if found != len(allowed) {
		t.Errorf("got %d packages that import Prometheus, want %d", found, len(allowed))
	}
}
