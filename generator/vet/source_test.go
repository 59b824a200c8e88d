package vet_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// elsewhere is what the analyzer cannot know, because it sees one package at a
// time, its tests and what cgo makes of it included: another may describe the
// same queue, or use it, or have the same name, and a test may declare error.
var elsewhere = regexp.MustCompile(`is also the name on the wire of|no actor of this module uses|quorum queues always persist|max-priority|overflow without|at most 2000|type is set twice|types of C|results of send are not legal`)

// folder leads from the module to the package, in which the analyzer names files.
var folder = regexp.MustCompile(`at tasks/`)

// TestSource runs the analyzer on everything that the generator refuses: it says
// the same at the same places, but for what it cannot know and for what every
// driver says, and nothing else.
func TestSource(t *testing.T) {
	t.Parallel()
	cases, exports := readCases(t, "../analysis/testdata/invalid")
	same := 0
	for name, c := range cases {
		dir := t.TempDir()
		wants := make(map[string]map[int][]*regexp.Regexp)
		for _, file := range c.Files {
			path := filepath.Join(dir, file.Name)
			write(t, path, withoutWants(file.Data))
			wants[path] = expectations(t, folder.ReplaceAll(file.Data, []byte("at ")))
		}
		d := run(t, module, dir, exports)
		for _, r := range d.reports {
			if meet(wants[r.at.Filename], r) {
				same++
			} else if !elsewhere.MatchString(r.message) {
				t.Errorf("%s: only vet says: %s", name, r)
			}
		}
		for path, lines := range wants {
			for line, left := range lines {
				for _, w := range left {
					if !d.unparsed && !elsewhere.MatchString(w.String()) && !slices.ContainsFunc(d.compiler, func(r report) bool {
						return r.at.Filename == path && r.at.Line == line && (w.MatchString(r.message) || strings.HasPrefix(r.message, "could not import"))
					}) {
						t.Errorf("%s: vet does not say: %s:%d: %s", name, filepath.Base(path), line, w)
					}
				}
			}
		}
	}
	if same < 100 {
		t.Errorf("got %d reports, want those of all cases", same)
	}
}
