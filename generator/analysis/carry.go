package analysis

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/actorgen/actorgen/generator/load"
	"github.com/actorgen/actorgen/generator/shape"
)

// carried returns how values of a type travel, and reports why they cannot.
func (a *Analysis) carried(x *actor, t types.Type, at token.Position, what string) *shape.Shape {
	home := shape.Home{Package: x.pkg.Path, Module: a.module.Path}
	if stubs := x.pkg.stubs; stubs != nil {
		home.Package, home.Importer = stubs.Path, x.pkg.Path
	}
	carried, refusals := home.Of(t)
	if len(refusals) > 0 && x.pkg.Unclear && a.isPartlyRead(t) {
		x.illegal = true
		return carried
	}
	for _, r := range refusals {
		if r.Unresolved && a.broken {
			x.illegal = true
			continue
		}
		if r.Unresolved && importsC(x.pkg.Package) {
			r.Hint = "types of C cannot be carried: use one of Go"
		}
		a.Diagnostics.Addf(at, r.Hint, "%s of %s: %s", what, x.title(), r.Message)
	}
	return carried
}

// importsC reports whether a package uses cgo, whose types are not known here.
func importsC(p *load.Package) bool {
	return slices.ContainsFunc(p.Files, func(f *load.File) bool {
		return slices.ContainsFunc(f.Syntax.Imports, func(spec *ast.ImportSpec) bool { return spec.Path.Value == `"C"` })
	})
}
