// Package workermain makes the main.go of a worker that runs the tables of
// annotated packages.
package workermain

import (
	"bytes"
	"fmt"
	"go/format"
	"path/filepath"
	"text/template"

	"github.com/actorgen/actorgen/generator/diagnostic"
	"github.com/actorgen/actorgen/generator/load"
	"github.com/actorgen/actorgen/generator/model"
	"github.com/actorgen/actorgen/generator/shape"
	"github.com/actorgen/actorgen/templates"
)

// FileName is the name of the generated file.
const FileName = "main.go"

// Main is a worker's main package.
type Main struct {
	dir      string
	module   string
	packages []*model.Package
	// taken are the identifiers that other files of the package declare.
	taken map[string]bool
}

// New checks that a main package in dir can run the actors of all packages, and
// appends to the diagnostics what is in the way. The error is for a directory
// that cannot hold the worker, and for patterns that miss all actors: the worker
// goes only with the last of them.
func New(m *load.Module, dir string, packages []*model.Package, diagnostics *diagnostic.List) (*Main, error) {
	importPath, taken, err := placeFor(m, dir)
	if err != nil {
		return nil, err
	}
	if len(packages) == 0 && len(*diagnostics) == 0 && m.HasActors() && !m.HasStale() {
		return nil, fmt.Errorf("the patterns match no package with actors for the worker of -main to run")
	}
	for _, p := range packages {
		if p.Stubs != nil && p.Stubs.Path == importPath {
			return nil, fmt.Errorf("directory %q would hold the worker of -main and the stubs of package %q (choose another for one)", dir, p.Path)
		}
		check(m, importPath, p, diagnostics)
	}
	return &Main{dir: dir, module: m.Path, packages: packages, taken: taken}, nil
}

// check reports why a worker cannot run the actors of a package.
func check(m *load.Module, worker string, p *model.Package, diagnostics *diagnostic.List) {
	if len(p.Actors) == 0 {
		return
	}
	first := p.Actors[0]
	switch {
	case p.Name == "main":
		diagnostics.Addf(first.Pos, "move its actors into a package of their own", "package main %q cannot be part of the worker", p.Path)
		return
	case !shape.CanImport(worker, p.Path):
		diagnostics.Addf(first.Pos, "choose another directory for -main", "worker %q cannot import package %q", worker, p.Path)
	}
	for _, r := range p.Receivers {
		if r.New == nil {
			missing(m, p, r, diagnostics)
		}
	}
}

// File renders the file. Without a table to run, the file must not exist.
func (m *Main) File() (model.File, error) {
	if len(m.packages) == 0 {
		return model.File{Path: filepath.Join(m.dir, FileName)}, nil
	}
	text, err := template.New(FileName).Parse(templates.Worker)
	if err != nil {
		return model.File{}, fmt.Errorf("parse the worker's template: %w", err)
	}
	var out bytes.Buffer
	page := newPage(m.packages, m.taken)
	page.Header, page.Command, page.Module = model.Header, filepath.Base(m.dir), m.module
	if err := text.Execute(&out, page); err != nil {
		return model.File{}, fmt.Errorf("execute the worker's template: %w", err)
	}
	content, err := format.Source(out.Bytes())
	if err != nil {
		return model.File{}, fmt.Errorf("format the worker's main: %w", err)
	}
	return model.File{Path: filepath.Join(m.dir, FileName), Content: content}, nil
}
