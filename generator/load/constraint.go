package load

import (
	"go/ast"
	"go/build"
	"go/build/constraint"
	"go/scanner"
	"go/token"
	"io"
	"path/filepath"
	"regexp"
	"strings"
)

// platformOf returns what a file's build depends on: its constraint line, or
// its name. It is empty for a file that belongs to every build of the module,
// which one does that asks for a version of Go only. The error is for a line
// that the go command does not understand.
func platformOf(fset *token.FileSet, path string, syntax *ast.File) (string, error) {
	line, err := buildLine(fset, syntax)
	switch {
	case err != nil:
		return "", err
	case line != nil && !isVersion(line):
		return "//go:build " + line.String(), nil
	case !matchesEverywhere(path):
		return "its name", nil
	}
	return "", nil
}

// buildLine parses the constraint above the package clause, if there is one.
func buildLine(fset *token.FileSet, syntax *ast.File) (constraint.Expr, error) {
	for _, group := range syntax.Comments {
		for _, comment := range group.List {
			if comment.Pos() > syntax.Package || !constraint.IsGoBuild(comment.Text) {
				continue
			}
			line, err := constraint.Parse(comment.Text)
			if err != nil {
				return nil, &scanner.Error{Pos: fset.PositionFor(comment.Pos(), false), Msg: "malformed build constraint: " + err.Error()}
			}
			return line, nil
		}
	}
	return nil, nil
}

var versionTag = regexp.MustCompile(`^go1(\.[0-9]+)?$`)

// isVersion reports whether a constraint is about the version of Go only: Eval
// asks for every tag, whatever it knows already.
func isVersion(line constraint.Expr) bool {
	only := true
	line.Eval(func(tag string) bool {
		only = only && versionTag.MatchString(tag)
		return true
	})
	return only
}

// isIgnored recognises the constraint by which a file asks to be left out of
// every build.
func isIgnored(platform string) bool { return platform == "//go:build ignore" }

// nowhere is a platform that no file name can ask for.
var nowhere = build.Context{GOOS: "-", GOARCH: "-", OpenFile: func(string) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader("package p\n")), nil
}}

// matchesEverywhere reports whether the name of a file asks for no system or
// processor.
func matchesEverywhere(path string) bool {
	match, err := nowhere.MatchFile(filepath.Dir(path), filepath.Base(path))
	return match || err != nil
}
