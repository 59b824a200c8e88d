package emit_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/generator"
	"github.com/actorgen/actorgen/generator/model"
)

// stubsDir is where the stubs of a case go.
const stubsDir = "stubs"

// TestGoldenStubs is TestGolden with stubs in packages of their own.
func TestGoldenStubs(t *testing.T) {
	cases := readCases(t, filepath.Join(golden, stubsDir))
	dir := t.TempDir()
	writeCases(t, dir, cases)
	outputs := runStubs(t, dir, stubsDir, "./...")
	for name, c := range cases {
		for _, file := range []string{model.FileName, stubsDir + "/" + model.FileName} {
			got, ok := outputs[name+"/"+file]
			if !ok {
				t.Errorf("%s: no output %s", name, file)
				continue
			}
			compare(t, filepath.Join(golden, stubsDir, name+".txtar"), c, file, got)
		}
	}
	if want := 2 * len(cases); len(outputs) != want {
		t.Errorf("got %d outputs, want %d", len(outputs), want)
	}
	if t.Failed() {
		return
	}
	writeAll(t, dir, outputs)
	for name, again := range runStubs(t, dir, stubsDir, "./...") { // the second run reads its own output
		if !bytes.Equal(again, outputs[name]) {
			t.Errorf("%s: the second run gives another output", name)
		}
	}
	goTool(t, dir, "vet", "./...")
	writeChecks(t, dir, cases)
	goTool(t, dir, "test", "-timeout=60s", "./checks")
}

// TestStubsOfGoldens generates the cases of TestGolden with stubs in packages of
// their own, wherever the signatures allow it: what compiles and holds together
// does so apart.
func TestStubsOfGoldens(t *testing.T) {
	cases := readCases(t, golden)
	dir := t.TempDir()
	writeCases(t, dir, cases)
	refused := make(map[string]bool)
	result, err := generator.Run(t.Context(), generator.Config{Dir: dir, Stubs: stubsDir})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range result.Diagnostics {
		if !strings.Contains(d.Hint, "leaf package") {
			t.Errorf("refused for a reason that has nothing to do with stubs: %s", d)
		}
		name, _, _ := strings.Cut(filepath.ToSlash(d.Pos.Filename), "/")
		refused[name] = true
	}
	var apart, together []string
	for name := range cases {
		if pattern := "./" + name; refused[name] {
			together = append(together, pattern)
		} else {
			apart = append(apart, pattern)
		}
	}
	if len(apart) < 30 {
		t.Errorf("got %d cases with legal signatures (%q), want 30", len(apart), apart)
	}
	writeAll(t, dir, runStubs(t, dir, stubsDir, apart...))
	writeAll(t, dir, runStubs(t, dir, "", together...))
	goTool(t, dir, "build", "./...")
	writeChecks(t, dir, cases)
	goTool(t, dir, "test", "-timeout=60s", "./checks")
}

// runStubs returns the outputs of a run by their names in dir.
func runStubs(t *testing.T, dir, stubs string, patterns ...string) map[string][]byte {
	t.Helper()
	result, err := generator.Run(t.Context(), generator.Config{Dir: dir, Stubs: stubs, Patterns: patterns})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range result.Diagnostics {
		t.Error(d)
	}
	if t.Failed() {
		t.FailNow()
	}
	outputs := make(map[string][]byte)
	for _, f := range result.Files {
		name, err := filepath.Rel(dir, f.Path)
		if err != nil {
			t.Fatal(err)
		}
		outputs[filepath.ToSlash(name)] = f.Content
	}
	return outputs
}

func writeAll(t *testing.T, dir string, outputs map[string][]byte) {
	t.Helper()
	for name, content := range outputs {
		write(t, filepath.Join(dir, filepath.FromSlash(name)), content)
	}
}
