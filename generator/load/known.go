package load

import (
	"embed"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
)

// knownNames are the types of the standard library that most signatures are
// content with, by import path. They are part of what Go promises never to
// change, so nobody needs to ask the go command for them.
var knownNames = map[string][]string{
	"context": {"Context"},
	"time":    {"Time", "Duration"},
}

// isKnown reports whether a type can be had without export data.
func isKnown(importPath, name string) bool { return slices.Contains(knownNames[importPath], name) }

// knownSources declare these types as their packages do, as far as others see.
//
//go:embed known
var knownSources embed.FS

// known imports the packages of these types, which have nothing else in them.
type known struct {
	fset     *token.FileSet
	packages map[string]*types.Package
}

func newKnown(fset *token.FileSet) *known {
	return &known{fset, make(map[string]*types.Package)}
}

// Import returns a package that has known names.
func (k *known) Import(importPath string) (*types.Package, error) {
	if p := k.packages[importPath]; p != nil {
		return p, nil
	}
	source, err := knownSources.ReadFile("known/" + importPath + ".txt")
	if err != nil {
		return nil, err
	}
	file, err := parser.ParseFile(k.fset, importPath, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	config := types.Config{IgnoreFuncBodies: true, Importer: k, Error: func(error) {}} // the functions have no bodies
	p, _ := config.Check(importPath, k.fset, []*ast.File{file}, nil)
	k.packages[importPath] = p
	return p, nil
}
