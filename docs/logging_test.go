package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// loggers are the functions of the runtime that take attributes of a line, with
// how many arguments come before these.
var loggers = map[string]int{
	"Debug": 1, "Info": 1, "Warn": 1, "Error": 1, "With": 0,
	"warn": 2, "tellOf": 3, "attributes": 0, "append": 1,
}

var attributeRow = regexp.MustCompile("(?m)^\\| (`[a-z_]+`(?:, `[a-z_]+`)*) \\|")

// TestAttributesAreDocumented: the table of logging.md has the attributes of all
// lines that the runtime logs, and no others.
func TestAttributesAreDocumented(t *testing.T) {
	page, err := os.ReadFile("logging.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := make(map[string]bool)
	for _, row := range attributeRow.FindAllStringSubmatch(string(page), -1) {
		for name := range strings.SplitSeq(row[1], ", ") {
			documented[strings.Trim(name, "`")] = true
		}
	}
	logged := make(map[string]bool)
	err = filepath.WalkDir("../runtime", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "rabbittest") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				for _, name := range keysOf(call) {
					if logged[name] = true; !documented[name] {
						t.Errorf("%s: attribute %q is not in logging.md", path, name)
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(documented)) {
		if !logged[name] {
			t.Errorf("logging.md: no line has the attribute %q", name)
		}
	}
}

// keysOf returns the names of the attributes that a call logs.
func keysOf(call *ast.CallExpr) (keys []string) {
	name := ""
	switch f := call.Fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		if from, ok := f.X.(*ast.Ident); !ok || from.Name != "http" {
			name = f.Sel.Name
		}
	}
	first, ok := loggers[name]
	if !ok {
		return nil
	}
	for i := first; i+1 < len(call.Args); i += 2 {
		if key, ok := literal(call.Args[i]); ok {
			keys = append(keys, key)
		}
	}
	return keys
}
