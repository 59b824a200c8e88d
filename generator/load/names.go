package load

import (
	"go/ast"
	"path"
	"regexp"
	"strconv"
	"strings"
)

var majorVersion = regexp.MustCompile(`^v[0-9]+$`)

// ImportName returns the path of an import and the name that it most probably
// has in its file: the true one stands in the source of the package only.
func ImportName(spec *ast.ImportSpec) (importPath, name string) {
	importPath, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return "", ""
	}
	if spec.Name != nil {
		return importPath, spec.Name.Name
	}
	name = path.Base(importPath)
	if majorVersion.MatchString(name) {
		name = path.Base(path.Dir(importPath))
	}
	name, _, _ = strings.Cut(name, ".v")
	name = strings.TrimPrefix(name, "go-")
	return importPath, strings.TrimSuffix(name, "-go")
}

// Identifiers returns what a declaration declares at package scope.
func Identifiers(d ast.Decl) []*ast.Ident {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			return []*ast.Ident{d.Name}
		}
	case *ast.GenDecl:
		var names []*ast.Ident
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				names = append(names, spec.Name)
			case *ast.ValueSpec:
				names = append(names, spec.Names...)
			}
		}
		return names
	}
	return nil
}
