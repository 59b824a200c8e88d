package vet_test

import (
	"bytes"
	"cmp"
	"fmt"
	"go/format"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/txtar"

	"github.com/actorgen/actorgen/generator"
	"github.com/actorgen/actorgen/generator/output"
)

const (
	// module is the module that every case is.
	module      = "example.com/app"
	runtimePath = "github.com/actorgen/actorgen/runtime/actor"
)

// TestCalls generates the stubs of each case, analyses it, and compares what is
// reported with the expectations in the source, and what the fixes make of a
// file with the piece that is expected in it.
func TestCalls(t *testing.T) {
	t.Parallel()
	cases, exports := readCases(t, "testdata/calls")
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := newModule(t, "../..")
			for _, file := range c.Files {
				if filepath.Ext(file.Name) == ".go" {
					write(t, filepath.Join(dir, file.Name), withoutWants(file.Data))
				}
			}
			generate(t, dir)
			reports := run(t, module, dir, exports).reports
			for _, file := range c.Files {
				path := filepath.Join(dir, file.Name)
				if broken, ok := strings.CutSuffix(path, ".fixed"); !ok {
					reports = compare(t, path, file.Data, reports)
				} else if got := fix(t, broken, reports); !bytes.Contains(got, file.Data) {
					t.Errorf("%s: got\n%s\nwant in it\n%s", file.Name, got, file.Data)
				}
			}
			for _, r := range reports {
				t.Errorf("unexpected: %s", r)
			}
		})
	}
}

// generate writes the generated files of a module without mistakes in it.
func generate(t *testing.T, dir string) {
	t.Helper()
	result, err := generator.Run(t.Context(), generator.Config{Dir: dir})
	if err != nil || len(result.Diagnostics) > 0 {
		t.Fatal(err, result.Diagnostics)
	}
	if err := output.Write(result.Files); err != nil {
		t.Fatal(err)
	}
}

// newModule makes a module that requires what the repository does, and the
// repository.
func newModule(t *testing.T, root string) (dir string) {
	t.Helper()
	repository, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	dir, err = filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	const own = "github.com/actorgen/actorgen"
	mod := strings.Replace(read(t, filepath.Join(root, "go.mod")), "module "+own, "module "+module, 1)
	mod += "\nrequire " + own + " v0.0.0\n\nreplace " + own + " => " + repository + "\n"
	write(t, filepath.Join(dir, "go.mod"), []byte(mod))
	write(t, filepath.Join(dir, "go.sum"), []byte(read(t, filepath.Join(root, "go.sum"))))
	return dir
}

// readCases returns the cases of a folder, and the export data for what they
// import.
func readCases(t *testing.T, dir string) (cases map[string]*txtar.Archive, exports map[string]string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("got %d cases, %v", len(paths), err)
	}
	cases = make(map[string]*txtar.Archive)
	var sources [][]byte
	for _, path := range paths {
		c, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		cases[strings.TrimSuffix(filepath.Base(path), ".txtar")] = c
		for _, file := range c.Files {
			sources = append(sources, file.Data)
		}
	}
	return cases, exportsFor(t, sources)
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o666); err != nil {
		t.Fatal(err)
	}
}

var wantComment = regexp.MustCompile("(?m)[ \t]*// want((?: \"(?:[^\"\\\\\n]|\\\\.)*\"| `[^`\n]*`)+)\r?$")

// withoutWants removes the expectations: behind a directive they would be part
// of it.
func withoutWants(source []byte) []byte { return wantComment.ReplaceAll(source, nil) }

// compare pairs the reports on a file with the expectations in it, and returns
// those on other files.
func compare(t *testing.T, path string, source []byte, reports []report) (others []report) {
	t.Helper()
	wants := expectations(t, source)
	for _, r := range reports {
		if r.at.Filename != path {
			others = append(others, r)
		} else if !meet(wants, r) {
			t.Errorf("unexpected: %s", r)
		}
	}
	for line, left := range wants {
		for _, w := range left {
			t.Errorf("%s:%d: got nothing like %q", filepath.Base(path), line, w)
		}
	}
	return others
}

// expectations returns what is expected of each line.
func expectations(t *testing.T, source []byte) map[int][]*regexp.Regexp {
	t.Helper()
	wants := make(map[int][]*regexp.Regexp)
	for i, line := range strings.Split(string(source), "\n") {
		if match := wantComment.FindStringSubmatch(line); match != nil {
			wants[i+1] = patterns(t, match[1])
		}
	}
	return wants
}

// meet removes the expectation that a report meets, if there is one.
func meet(wants map[int][]*regexp.Regexp, r report) bool {
	left := wants[r.at.Line]
	i := slices.IndexFunc(left, func(w *regexp.Regexp) bool { return w.MatchString(r.message) })
	if i < 0 {
		return false
	}
	wants[r.at.Line] = slices.Delete(left, i, i+1)
	return true
}

func patterns(t *testing.T, text string) (result []*regexp.Regexp) {
	t.Helper()
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		quoted, err := strconv.QuotedPrefix(text)
		if err != nil {
			t.Fatalf("expectation %s: %v", text, err)
		}
		plain, err := strconv.Unquote(quoted)
		if err != nil {
			t.Fatal(err)
		}
		result = append(result, regexp.MustCompile(plain))
		text = text[len(quoted):]
	}
	return result
}

// fix applies the first fix of each report to a file.
func fix(t *testing.T, path string, reports []report) []byte {
	t.Helper()
	var edits []analysis.TextEdit
	base := token.Pos(0)
	for _, r := range reports {
		if r.at.Filename == path {
			edits = append(edits, r.edits...)
			base = r.pos - token.Pos(r.at.Offset)
		}
	}
	slices.SortStableFunc(edits, func(a, b analysis.TextEdit) int { return cmp.Compare(b.Pos, a.Pos) })
	content := read(t, path)
	for _, e := range edits {
		content = content[:e.Pos-base] + string(e.NewText) + content[e.End-base:]
	}
	formatted, err := format.Source([]byte(content))
	if err != nil {
		t.Fatal(fmt.Errorf("%s does not parse once fixed: %w", path, err))
	}
	return formatted
}
