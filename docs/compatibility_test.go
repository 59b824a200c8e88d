package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/runtime/amqp/layout"
)

// TestCompatibilityPage: what the page says of versions is what there is.
func TestCompatibilityPage(t *testing.T) {
	page := read(t, "compatibility.md")
	for what, where := range map[string]struct {
		file, pattern string
		page          string // with what the pattern found for $1
	}{
		"the oldest Go":          {"../go.mod", `(?m)^go (\d+\.\d+)`, "The oldest Go is the one in `go.mod`, $1."},
		"the client library":     {"../go.mod", `amqp091-go v(\S+)`, "Of `amqp091-go` at least $1 is required"},
		"the handshake":          {"../runtime/actor/version.go", `const (\w+) = true`, "const _ = actor.$1\n"},
		"the generated comment":  {"../examples/quickstart/tasks/actors_gen.go", `(?m)^(// Generator and runtime .*)$`, "$1\n"},
		"the release of 4.x":     {"../runtime/rabbittest/unpack.go", `whose RabbitMQ is unpacked, ([0-9.]+)\.`, "run on $1 |"},
		"what is tested on 4.x":  {"../Makefile", `(?m)^ON_4\s+\?= \./(\S+)$`, "(`$1`, "},
		"what follows it on 4.x": {"../Makefile", `(?m)^THEN_ON_4\s+\?= \./\S+ \./(\S+)$`, "`$1`)"},
	} {
		found := regexp.MustCompile(where.pattern).FindStringSubmatch(read(t, where.file))
		if found == nil {
			t.Errorf("%s: %s has no %s", what, where.file, where.pattern)
			continue
		}
		if want := strings.ReplaceAll(where.page, "$1", found[1]); !strings.Contains(page, want) {
			t.Errorf("%s: compatibility.md does not say %q", what, want)
		}
	}
	if level := layout.Level("", 0); !strings.HasPrefix(level, "actor.delay.v1.") || !strings.Contains(page, "`actor.delay.v1`") {
		t.Errorf("got level %q, want the name on the page, actor.delay.v1", level)
	}
}

// TestEveryPackageIsCoveredOrNot: a new package of the runtime is promised to stay, or
// named as one that is not.
func TestEveryPackageIsCoveredOrNot(t *testing.T) {
	covered, notCovered, ok := strings.Cut(read(t, "compatibility.md"), "\nNot covered")
	if !ok {
		t.Fatal("compatibility.md does not say what is not covered")
	}
	for _, line := range list(t, "{{.ImportPath}} {{.Name}} {{len .GoFiles}}") {
		fields := strings.Fields(strings.TrimPrefix(line, module))
		path, name := fields[0], fields[1]
		if !strings.HasPrefix(path, "runtime/") || name == "main" || holdsOnlyTests(t, path) {
			continue
		}
		named := func(text, path string) bool { return strings.Contains(text, "`"+path+"`") }
		if !named(covered, path) && !named(notCovered, path) && !named(notCovered, filepath.Dir(path)) {
			t.Errorf("compatibility.md does not say whether package %s may change", path)
		}
	}
}

// holdsOnlyTests says that nobody can import anything of a package.
func holdsOnlyTests(t *testing.T, path string) bool {
	t.Helper()
	files, err := os.ReadDir("../" + path)
	if err != nil {
		t.Fatal(err)
	}
	return !slices.ContainsFunc(files, func(f os.DirEntry) bool {
		name := f.Name()
		return strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && name != "doc.go"
	})
}

var changelogHeading = regexp.MustCompile(`(?m)^(##+) (.*)$`)

// TestChangelog: the file has the form that people and make release-check read.
func TestChangelog(t *testing.T) {
	headings := changelogHeading.FindAllStringSubmatch(read(t, "../CHANGELOG.md"), -1)
	if len(headings) == 0 || headings[0][0] != "## [Unreleased]" {
		t.Fatalf("got first heading %q, want ## [Unreleased]", headings)
	}
	release := regexp.MustCompile(`^\[\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?\] - \d{4}-\d{2}-\d{2}$`)
	kinds := []string{"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
	for i, h := range headings {
		switch level, text := h[1], h[2]; {
		case level == "##" && (i == 0 || release.MatchString(text)):
		case level == "###" && slices.Contains(kinds, text):
		default:
			t.Errorf("got heading %q, want ## [1.2.3] - 2026-01-02, or ### and one of %q", h[0], kinds)
		}
	}
}
