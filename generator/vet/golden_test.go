package vet_test

import (
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestGolden runs the analyzer on everything that the generator accepts, beside
// what it generates: there is nothing to say.
func TestGolden(t *testing.T) {
	t.Parallel()
	cases, exports := readCases(t, "../../testdata/golden")
	dir := t.TempDir()
	for name, c := range cases {
		if slices.ContainsFunc(c.Files, func(f txtar.File) bool { return filepath.Base(f.Name) == "go.mod" }) {
			continue // several modules
		}
		for _, file := range c.Files {
			if file.Name != "check.go" { // a test in all but its name
				write(t, filepath.Join(dir, name, file.Name), file.Data)
			}
		}
	}
	d := run(t, "golden.test", dir, exports)
	for _, r := range slices.Concat(d.reports, d.compiler) {
		t.Errorf("%s: %s", filepath.Base(filepath.Dir(r.at.Filename)), r)
	}
	if len(d.facts) < 100 {
		t.Errorf("got %d actors, want those of all cases", len(d.facts))
	}
}
