package analysis

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/actorgen/actorgen/generator/load"
	"github.com/actorgen/actorgen/generator/model"
)

// checkDotImports refuses what the output would declare although a dot import
// has brought it along. What that is only the types tell.
func (a *Analysis) checkDotImports(p *pkg) {
	identifiers := []generated{{model.TableFunc, "the table of this package", nil}}
	for _, x := range p.actors {
		if x.Var != "" {
			identifiers = append(identifiers, x.identifiers()...)
		}
	}
	for _, file := range p.Files {
		for _, spec := range file.Syntax.Imports {
			if path, name := load.ImportName(spec); name == "." {
				a.checkDotImport(p.Types, spec, path, identifiers)
			}
		}
	}
}

func (a *Analysis) checkDotImport(home *types.Package, spec *ast.ImportSpec, path string, identifiers []generated) {
	i := slices.IndexFunc(home.Imports(), func(p *types.Package) bool { return p.Path() == path })
	if i < 0 {
		return // the type check has said why, if it matters
	}
	scope := home.Imports()[i].Scope()
	for _, g := range identifiers {
		if scope.Lookup(g.name) == nil {
			continue
		}
		a.addf(spec.Pos(), "give the import a name", "%s of the dot import %q is also %s in the generated file", g.name, path, g.what)
		if g.actor != nil {
			a.Diagnostics.Relate(g.actor.at)
			a.Diagnostics.Addf(g.actor.at, "set var=, or give the import a name", "%s, %s, is already declared by the dot import at %s", g.name, g.what, a.short(spec.Pos()))
			a.Diagnostics.Relate(a.position(spec.Pos()))
		}
	}
}
