package emit_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"go/format"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/actorgen/actorgen/generator"
	"github.com/actorgen/actorgen/generator/model"
)

var update = flag.Bool("update", false, "write the outputs into the golden files")

// root is the repository, module the module that the cases are packages of.
var (
	root   = filepath.Join("..", "..")
	golden = filepath.Join(root, "testdata", "golden")
)

const module = "golden.test"

// TestGolden generates all cases in one run, as packages of one module, and
// compares each output with the one in its file. Then it vets the module and
// calls the function Check of each case that has one: the outputs compile
// against the runtime as it is, and what they encode they decode again.
func TestGolden(t *testing.T) {
	cases := readCases(t, golden)
	if len(cases) < 120 {
		t.Fatalf("got %d cases, want at least 120", len(cases))
	}
	dir := t.TempDir()
	writeCases(t, dir, cases)
	outputs := generate(t, dir)

	for name, c := range cases {
		got, ok := outputs[name]
		if !ok {
			t.Errorf("%s: no output", name)
			continue
		}
		write(t, filepath.Join(dir, name, model.FileName), got)
		compare(t, filepath.Join(golden, name+".txtar"), c, model.FileName, got)
	}
	if t.Failed() {
		return
	}
	again := generate(t, dir) // the second run reads its own output
	for name, got := range outputs {
		if !bytes.Equal(again[name], got) {
			t.Errorf("%s: the second run gives another output", name)
		}
	}
	goTool(t, dir, "vet", "./...")
	writeChecks(t, dir, cases)
	goTool(t, dir, "test", "-timeout=60s", "./checks")
}

// writeCases writes the module that the cases are packages of, without outputs.
func writeCases(t *testing.T, dir string, cases map[string]*txtar.Archive) {
	t.Helper()
	var modules []string
	for name, c := range cases {
		for _, f := range c.Files {
			switch path.Base(f.Name) {
			case model.FileName:
				continue
			case "go.mod":
				modules = append(modules, requirement(path.Join(name, path.Dir(f.Name)), f.Data))
			}
			content := f.Data
			if path.Base(f.Name) == "crlf.go" { // git might change the line ends of a case
				content = bytes.ReplaceAll(content, []byte("\n"), []byte("\r\n"))
			}
			write(t, filepath.Join(dir, name, filepath.FromSlash(f.Name)), content)
		}
	}
	writeModule(t, dir, modules...)
}

// writeChecks writes one test for all cases, because a binary for each would
// take longer to link than everything else.
func writeChecks(t *testing.T, dir string, cases map[string]*txtar.Archive) {
	t.Helper()
	var imports, calls strings.Builder
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		if !slices.ContainsFunc(cases[name].Files, func(f txtar.File) bool { return f.Name == "check.go" }) {
			continue
		}
		fmt.Fprintf(&imports, "\tcase_%s %q\n", name, module+"/"+name)
		fmt.Fprintf(&calls, "\tt.Run(%q, case_%s.Check)\n", name, name)
	}
	source := "package checks\n\nimport (\n\t\"testing\"\n\n" + imports.String() + ")\n\nfunc Test(t *testing.T) {\n" + calls.String() + "}\n"
	write(t, filepath.Join(dir, "checks", "checks_test.go"), []byte(source))
}

func readCases(t *testing.T, dir string) map[string]*txtar.Archive {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases in %s (%v)", dir, err)
	}
	cases := make(map[string]*txtar.Archive)
	for _, path := range paths {
		c, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		cases[strings.TrimSuffix(filepath.Base(path), ".txtar")] = c
	}
	return cases
}

var majorVersion = regexp.MustCompile(`/v([0-9]+)$`)

// requirement is what go.mod says of a module that a case brings along.
func requirement(dir string, mod []byte) string {
	line, _, _ := strings.Cut(string(mod), "\n")
	own := strings.TrimPrefix(line, "module ")
	version := "v0.0.0"
	if major := majorVersion.FindStringSubmatch(own); major != nil {
		version = "v" + major[1] + ".0.0"
	}
	return fmt.Sprintf("\nrequire %s %s\n\nreplace %s => ./%s\n", own, version, own, dir)
}

// writeModule writes what the cases have in common: a go.mod with the
// requirements of the repository and the modules that cases bring along, and a
// package for their tests.
func writeModule(t *testing.T, dir string, modules ...string) {
	t.Helper()
	repository, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{
		filepath.Join(root, "go.sum"):                          "go.sum",
		filepath.Join("testdata", "roundtrip", "roundtrip.go"): filepath.Join("roundtrip", "roundtrip.go"),
	} {
		b, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, to), b)
	}
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	const own = "github.com/actorgen/actorgen"
	text := strings.Replace(string(mod), "module "+own, "module "+module, 1)
	text += "\nrequire " + own + " v0.0.0\n\nreplace " + own + " => " + repository + "\n" + strings.Join(modules, "")
	write(t, filepath.Join(dir, "go.mod"), []byte(text))
}

// generate returns the outputs by the name of their case.
func generate(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	result, err := generator.Run(context.Background(), generator.Config{Dir: dir, Patterns: []string{"./..."}})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range result.Diagnostics {
		t.Error(d)
	}
	if t.Failed() {
		t.FailNow()
	}
	checkContract(t, result.Contract)
	outputs := make(map[string][]byte)
	for _, f := range result.Files {
		name := filepath.Base(filepath.Dir(f.Path))
		if formatted, err := format.Source(f.Content); err != nil || !bytes.Equal(f.Content, formatted) {
			t.Errorf("%s: output is not formatted (%v)", name, err)
		}
		outputs[name] = f.Content
	}
	return outputs
}

// compare checks an output against the file of its case at path, or writes it there.
func compare(t *testing.T, path string, c *txtar.Archive, name string, got []byte) {
	t.Helper()
	i := slices.IndexFunc(c.Files, func(f txtar.File) bool { return f.Name == name })
	if *update {
		if i < 0 {
			c.Files = append(c.Files, txtar.File{Name: name})
			i = len(c.Files) - 1
		}
		c.Files[i].Data = got
		write(t, path, txtar.Format(c))
		return
	}
	if i < 0 {
		t.Errorf("%s: no %s in the case (-update writes it)", path, name)
		return
	}
	if want := c.Files[i].Data; !bytes.Equal(got, want) {
		line, g, w := firstDifference(got, want)
		t.Errorf("%s: line %d of %s (-update accepts):\n got %s\nwant %s", path, line, name, g, w)
	}
}

func firstDifference(got, want []byte) (line int, g, w string) {
	gots, wants := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(gots), len(wants)) {
		g, w = "(end)", "(end)"
		if i < len(gots) {
			g = gots[i]
		}
		if i < len(wants) {
			w = wants[i]
		}
		if g != w {
			return i + 1, g, w
		}
	}
	return 0, "", ""
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

func goTool(t *testing.T, dir string, args ...string) {
	t.Helper()
	command := exec.Command("go", args...)
	command.Dir = dir
	command.Env = append(os.Environ(), "GOFLAGS=-mod=mod -trimpath", "GOWORK=off")
	if out, err := command.CombinedOutput(); err != nil {
		t.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}
