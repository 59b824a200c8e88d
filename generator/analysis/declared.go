package analysis

import (
	"go/ast"
	"iter"
	"slices"

	"github.com/actorgen/actorgen/generator/load"
	"github.com/actorgen/actorgen/generator/model"
)

// place says what the generated file of a package finds there.
func place(p *load.Package) model.Place {
	result := model.Place{Path: p.Path, Name: p.Name, Dir: p.Dir}
	result.Declared, result.Imported = scopes(p)
	result.Shared = len(p.Files) > 0
	return result
}

// scopes returns the identifiers that the files of a package declare, those of
// other builds included, and the names of their imports.
func scopes(p *load.Package) (declares, imports map[string]bool) {
	declares, imports = make(map[string]bool), make(map[string]bool)
	for id := range declarations(slices.Concat(p.Files, p.Tests, p.Elsewhere)) {
		declares[id.Name] = true
	}
	for name := range imported(p) {
		imports[name] = true
	}
	if p.Types != nil {
		for _, pkg := range p.Types.Imports() { // some are called otherwise than their path
			imports[pkg.Name()] = true
		}
	}
	return declares, imports
}

// declared finds where a package's own files, its tests too, declare what at
// package scope.
func declared(p *load.Package) map[string]*ast.Ident {
	names := make(map[string]*ast.Ident)
	for id := range declarations(slices.Concat(p.Tests, p.Files)) {
		names[id.Name] = id
	}
	return names
}

// imported finds the names of the imports in a package's own files. What one
// file imports, no other may declare.
func imported(p *load.Package) map[string]*ast.Ident {
	names := make(map[string]*ast.Ident)
	for _, file := range slices.Concat(p.Files, p.Tests) {
		for _, spec := range file.Syntax.Imports {
			if _, name := load.ImportName(spec); name != "" && name != "." && name != "_" {
				names[name] = &ast.Ident{NamePos: spec.Pos(), Name: name}
			}
		}
	}
	return names
}

// declarations yields what files declare at package scope.
func declarations(files []*load.File) iter.Seq[*ast.Ident] {
	return func(yield func(*ast.Ident) bool) {
		for _, file := range files {
			for _, d := range file.Syntax.Decls {
				for _, id := range load.Identifiers(d) {
					if !yield(id) {
						return
					}
				}
			}
		}
	}
}
