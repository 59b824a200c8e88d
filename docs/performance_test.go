package docs

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Ratios as make bench names them: in a table, and in what it prints by itself.
var benchRatio = regexp.MustCompile(`(?:\{"|ratio )([a-z0-9_]+)(?:", "| %[.0-9f]+ \(target )([<>]= [0-9.]+)`)

var ratioRow = regexp.MustCompile("(?m)^\\| `([a-z0-9_]+)` \\| .* \\| ([0-9.]+) \\| ([≤≥] [0-9.]+) \\|$")

// TestRatios: the page has every ratio that make bench prints, with its target, and
// no other.
func TestRatios(t *testing.T) {
	want := make(map[string]string)
	for _, pattern := range []string{"../runtime/bench/*.go", "../generator/bench/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			for _, match := range benchRatio.FindAllStringSubmatch(read(t, name), -1) {
				want[match[1]] = strings.NewReplacer("<=", "≤", ">=", "≥").Replace(match[2])
			}
		}
	}
	got := make(map[string]string)
	for _, row := range ratioRow.FindAllStringSubmatch(read(t, "performance.md"), -1) {
		got[row[1]] = row[3]
	}
	if len(want) < 9 || !maps.Equal(got, want) {
		t.Errorf("performance.md: got targets %v, want those of make bench, %v", got, want)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
