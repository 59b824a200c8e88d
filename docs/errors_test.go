package docs

import (
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const errorsPage = "errors.md"

var (
	sentinel  = regexp.MustCompile(`^Err[A-Z]\w*$`)
	errorType = regexp.MustCompile(`^[A-Z]\w*Error$`)
)

// TestErrorTables: the page has a row for each exported error of the runtime, and
// for none that there is not.
func TestErrorTables(t *testing.T) {
	text, err := os.ReadFile(errorsPage)
	if err != nil {
		t.Fatal(err)
	}
	rows := make(map[string]int)
	for _, match := range regexp.MustCompile("(?m)^\\| `\\*?(\\w+\\.\\w+)` \\|").FindAllStringSubmatch(string(text), -1) {
		rows[match[1]]++
	}
	known := exportedErrors(t)
	for name := range known {
		if rows[name] != 1 {
			t.Errorf("%s: got %d rows for %s, want one", errorsPage, rows[name], name)
		}
	}
	for name := range rows {
		if !known[name] {
			t.Errorf("%s: got a row for %s, which the runtime does not have", errorsPage, name)
		}
	}
}

// exportedErrors returns the errors of the runtime's packages, as package.Name.
func exportedErrors(t *testing.T) map[string]bool {
	t.Helper()
	all := make(map[string]bool)
	err := filepath.WalkDir("../runtime", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, declaration := range file.Decls {
			general, ok := declaration.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, name := range errorsOf(general) {
				all[file.Name.Name+"."+name] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 20 {
		t.Fatalf("got %d errors, want those of the whole runtime", len(all))
	}
	return all
}

// errorsOf returns the sentinels and the types that a declaration exports.
func errorsOf(d *ast.GenDecl) (names []string) {
	for _, spec := range d.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			if errorType.MatchString(s.Name.Name) {
				names = append(names, s.Name.Name)
			}
		case *ast.ValueSpec:
			for _, name := range s.Names {
				if d.Tok == token.VAR && sentinel.MatchString(name.Name) {
					names = append(names, name.Name)
				}
			}
		}
	}
	return names
}

// TestExitCodes: the page has the exit codes of a worker.
func TestExitCodes(t *testing.T) {
	text, err := os.ReadFile(errorsPage)
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "<!-- exit codes -->")
	table, _, _ = strings.Cut(table, "<!-- end -->")
	rows := make(map[string]bool)
	for _, match := range regexp.MustCompile("(?m)^\\| `(\\d+)` \\|").FindAllStringSubmatch(table, -1) {
		rows[match[1]] = true
	}
	file, err := parser.ParseFile(token.NewFileSet(), "../runtime/workercmd/workercmd.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	codes := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(spec.Names[0].Name, "exit") {
			return true
		}
		codes++
		literal := spec.Values[0].(*ast.BasicLit)
		if value := constant.MakeFromLiteral(literal.Value, literal.Kind, 0).ExactString(); !rows[value] {
			t.Errorf("%s: got no row for exit code %s (%s)", errorsPage, value, spec.Names[0].Name)
		}
		return false
	})
	if codes != len(rows) {
		t.Errorf("%s: got %d exit codes, want the %d of the code", errorsPage, len(rows), codes)
	}
}
