package load

import (
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"github.com/actorgen/actorgen/generator/directive"
	"github.com/actorgen/actorgen/generator/model"
)

// Checked is a package that somebody else has parsed with its comments and
// type-checked, its tests and its generated file perhaps included.
type Checked struct {
	// Module is the path of its module, or empty.
	Module string
	Path   string
	Dir    string
	Files  []*ast.File
	// Ignored are the paths of the files that other builds consist of.
	Ignored []string
	Types   *types.Package
	Defs    map[*ast.Ident]types.Object
}

// Part makes a module of one package, which is all that is known of it. The
// syntax of c is not changed.
func Part(fset *token.FileSet, c Checked) *Module {
	m := &Module{Path: c.Module, Fset: fset, Partial: true, workingDir: c.Dir, translated: make(map[string]*token.File)}
	p := &Package{Path: c.Path, Name: c.Types.Name(), Dir: c.Dir, Types: c.Types, Defs: c.Defs}
	for _, syntax := range c.Files {
		path := fset.File(syntax.FileStart).Name()
		if isOutputSyntax(path, syntax) {
			p.Output = path
			continue
		}
		if IsTranslated(path) {
			m.translated[path] = fset.File(syntax.FileStart)
		}
		platform, _ := platformOf(fset, path, syntax) // what is malformed has no build
		file := &File{Path: path, Syntax: syntax, Directives: directive.Scan(fset, syntax), Platform: platform}
		if strings.HasSuffix(path, "_test.go") {
			p.Tests = append(p.Tests, file)
		} else {
			p.Files = append(p.Files, file)
		}
	}
	for _, path := range c.Ignored {
		if filepath.Dir(path) == c.Dir {
			m.addExcluded(p, []string{filepath.Base(path)})
		}
	}
	m.Packages = []*Package{p}
	return m
}

// IsTranslated reports whether cgo wrote the file of that name from one of a user.
func IsTranslated(path string) bool { return strings.HasSuffix(path, ".cgo1.go") }

// Origin returns the place in the user's file of one in a file that cgo wrote.
// Others it returns as they are.
func (m *Module) Origin(pos token.Position) token.Position {
	if file := m.translated[pos.Filename]; file != nil {
		return m.Fset.Position(file.Pos(pos.Offset))
	}
	return pos
}

// isOutputSyntax is isOutput for a file that was parsed.
func isOutputSyntax(path string, syntax *ast.File) bool {
	return filepath.Base(path) == model.FileName && slices.ContainsFunc(syntax.Comments, func(group *ast.CommentGroup) bool {
		return slices.ContainsFunc(group.List, func(c *ast.Comment) bool { return c.Text == model.Header })
	})
}

// Concerning keeps those errors of a type check that touch what the roots need.
func Concerning(roots []Root, errors []types.Error) []types.Error {
	funcs := make(map[*Package][]*ast.FuncDecl)
	for _, r := range roots {
		funcs[r.Package] = append(funcs[r.Package], r.Func)
	}
	var concerns []types.Error
	for p, list := range funcs {
		r := reached(p, list)
		concerns = append(concerns, r.concerns(slices.Clone(errors))...)
	}
	return concerns
}
