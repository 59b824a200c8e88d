package load

import (
	"context"
	"go/ast"
	"go/types"
	"maps"
	"slices"
)

// Check type-checks the packages of the roots, without function bodies, against
// the export data of the imports that the roots reach. It returns the errors
// that concern the roots; all others are ignored, because a package need not
// compile before its stubs exist, and so are those in unclear packages. The second error is for an environment in
// which go list does not run.
func (m *Module) Check(ctx context.Context, roots []Root) ([]types.Error, error) {
	funcs := make(map[*Package][]*ast.FuncDecl)
	for _, r := range roots {
		funcs[r.Package] = append(funcs[r.Package], r.Func)
	}
	reaches := make(map[*Package]reach)
	needed := make(needs)
	for p, list := range funcs {
		reaches[p] = reached(p, list)
		needed.add(reaches[p])
	}
	exports, err := newExports(ctx, m, needed.paths())
	if err != nil {
		return nil, err
	}
	var concerns []types.Error
	for _, p := range m.Packages {
		r, ok := reaches[p]
		if !ok {
			continue
		}
		p.Unclear = !p.IsWhole() || m.importsBroken(r)
		found := r.concerns(m.check(p, exports.limited(r.imports)))
		if len(found) > 0 { // the guess by names may have missed an import
			r.imports = allImports(p)
			if err := exports.list(slices.Sorted(maps.Keys(r.imports))); err != nil {
				return nil, err
			}
			found = r.concerns(m.check(p, exports.limited(r.imports)))
		}
		if !p.Unclear { // else they may follow from what was reported of the syntax
			concerns = append(concerns, found...)
		}
	}
	return concerns, exports.broken
}

// importsBroken reports whether an import is a package of the module that does not
// parse.
func (m *Module) importsBroken(r reach) bool {
	for importPath := range r.imports {
		if p := m.Find(importPath); p != nil && !p.IsWhole() {
			return true
		}
	}
	return false
}

// needs are the imports that export data must be had of.
type needs map[string]bool

// add adds those of one package, all known types included if some are not: they
// must be the same types everywhere in a package.
func (n needs) add(r reach) {
	if r.foreign {
		maps.Copy(n, r.imports)
	}
}

func (n needs) paths() []string { return slices.Sorted(maps.Keys(n)) }

// concerns keeps the errors that touch what is reached.
func (r *reach) concerns(errors []types.Error) []types.Error {
	return slices.DeleteFunc(errors, func(err types.Error) bool { return !r.contains(err.Pos) })
}

func allImports(p *Package) map[string]bool {
	all := make(map[string]bool)
	for _, file := range p.Files {
		for _, spec := range file.Syntax.Imports {
			if importPath, _ := ImportName(spec); importPath != "" && importPath != "C" && importPath != "unsafe" {
				all[importPath] = true
			}
		}
	}
	return all
}

func (m *Module) check(p *Package, imports types.Importer) []types.Error {
	var problems []types.Error
	config := types.Config{
		IgnoreFuncBodies: true,
		FakeImportC:      true,
		Importer:         imports,
		Error: func(err error) {
			if e, ok := err.(types.Error); ok {
				problems = append(problems, e)
			}
		},
	}
	p.Defs = make(map[*ast.Ident]types.Object)
	files := make([]*ast.File, len(p.Files))
	for i, f := range p.Files {
		files[i] = f.Syntax
	}
	p.Types, _ = config.Check(p.Path, m.Fset, files, &types.Info{Defs: p.Defs}) // every error went to problems
	return problems
}
