package analysis_test

import (
	"cmp"
	"fmt"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/actorgen/actorgen/generator/analysis"
	"github.com/actorgen/actorgen/generator/diagnostic"
	"github.com/actorgen/actorgen/generator/load"
	"github.com/actorgen/actorgen/generator/model"
)

const goMod = "module example.com/app\n\ngo 1.26\n"

// analyse runs the front half of the generator on the module in dir.
func analyse(t *testing.T, dir string) ([]*model.Package, diagnostic.List) {
	t.Helper()
	module, err := load.Syntax(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	a := analysis.Syntax(module)
	errors, err := module.Check(t.Context(), a.Roots())
	if err != nil {
		t.Fatal(err)
	}
	packages := a.Types(errors)
	return packages, a.Diagnostics.Sorted(dir)
}

// want is what one line of a case is expected to be told.
type want struct {
	file    string
	line    int
	pattern *regexp.Regexp
}

var wantComment = regexp.MustCompile(`[ \t]*// want((?: "(?:[^"\\]|\\.)*"| ` + "`[^`]*`" + `)+)\r?$`)

// unpack writes the files of an archive to a new directory, without the
// expectations, which it returns: behind a directive they would be part of it.
func unpack(t *testing.T, archive *txtar.Archive) (dir string, wants []want) {
	t.Helper()
	dir = t.TempDir()
	write := func(name, content string) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", goMod)
	for _, file := range archive.Files {
		lines := strings.Split(string(file.Data), "\n")
		for i, line := range lines {
			m := wantComment.FindStringSubmatchIndex(line)
			if m == nil {
				continue
			}
			for _, pattern := range patterns(t, line[m[2]:m[3]]) {
				wants = append(wants, want{filepath.FromSlash(file.Name), i + 1, pattern})
			}
			lines[i] = line[:m[0]]
		}
		write(file.Name, strings.Join(lines, "\n"))
	}
	return dir, wants
}

func patterns(t *testing.T, text string) []*regexp.Regexp {
	t.Helper()
	var result []*regexp.Regexp
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

// TestMain has files with cgo read wherever the tests run. They are never built.
func TestMain(m *testing.M) {
	os.Setenv("CGO_ENABLED", "1")
	os.Exit(m.Run())
}

func TestInvalid(t *testing.T) {
	cases, err := filepath.Glob("testdata/invalid/*.txtar")
	if err != nil || len(cases) < 120 {
		t.Fatalf("got %d cases (%v), want at least 120", len(cases), err)
	}
	for _, path := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			dir, wants := unpack(t, archive)
			if len(wants) == 0 {
				t.Fatal("case expects nothing")
			}
			_, got := analyse(t, dir)
			for _, problem := range compare(got, wants) {
				t.Error(problem)
			}
			for i := 1; i < len(got); i++ {
				if a, b := got[i-1].Pos, got[i].Pos; cmp.Or(cmp.Compare(a.Filename, b.Filename), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column)) > 0 {
					t.Errorf("got %s before %s", a, b)
				}
			}
		})
	}
}

// compare pairs diagnostics with expectations and describes what is left over.
func compare(got diagnostic.List, wants []want) (problems []string) {
	met := make([]bool, len(wants))
next:
	for _, d := range got {
		text := d.Message + " (" + d.Hint + ")"
		for i, w := range wants {
			if !met[i] && at(d.Pos, w) && w.pattern.MatchString(text) {
				met[i] = true
				continue next
			}
		}
		problems = append(problems, fmt.Sprintf("unexpected: %s", d))
	}
	for i, w := range wants {
		if !met[i] {
			problems = append(problems, fmt.Sprintf("%s:%d: got nothing like %q", w.file, w.line, w.pattern))
		}
	}
	return problems
}

func at(pos token.Position, w want) bool { return pos.Filename == w.file && pos.Line == w.line }
