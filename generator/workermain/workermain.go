// Package workermain makes the main.go of a worker that runs the tables of
// annotated packages.
package workermain

import (
	"bytes"
	"fmt"
	"go/format"
	"path"
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
	dir    string
	module string
	tables []table
}

// table is an import of a package with a table.
type table struct {
	Path string
	// Alias is empty where the package's own name serves.
	Alias string
	Name  string
}

// New checks that a main package in dir can run the actors of all packages, and
// appends to the diagnostics what is in the way. The error is for a directory
// that cannot hold the worker, and for patterns that miss all actors: the worker
// goes only with the last of them.
func New(m *load.Module, dir string, packages []*model.Package, diagnostics *diagnostic.List) (*Main, error) {
	importPath, err := placeFor(m, dir)
	if err != nil {
		return nil, err
	}
	if len(packages) == 0 && len(*diagnostics) == 0 && m.HasActors() && !m.HasStale() {
		return nil, fmt.Errorf("the patterns match no package with actors for the worker of -main to run")
	}
	for _, p := range packages {
		check(importPath, p, diagnostics)
	}
	return &Main{dir: dir, module: m.Path, tables: imports(packages)}, nil
}

// check reports why a worker cannot run the actors of a package.
func check(worker string, p *model.Package, diagnostics *diagnostic.List) {
	if len(p.Actors) == 0 {
		return
	}
	first := p.Actors[0]
	switch {
	case p.Name == "main":
		diagnostics.Addf(first.Pos, "move its actors into a package of their own", "package main %q cannot be part of the worker", p.Path)
	case !shape.CanImport(worker, p.Path):
		diagnostics.Addf(first.Pos, "choose another directory for -main", "worker %q cannot import package %q", worker, p.Path)
	}
	for _, a := range p.Actors {
		if a.Receiver != nil {
			diagnostics.Addf(a.Pos, "write a worker main of your own and pass the receiver to Actors",
				"worker cannot run method %s: it has no receiver to call it on", a.Func)
		}
	}
}

// imports gives every package a name of its own in the file.
func imports(packages []*model.Package) []table {
	used := map[string]bool{"main": true, "init": true, "workercmd": true}
	var tables []table
	for _, p := range packages {
		name := p.Name
		for n := 2; used[name]; n++ {
			name = fmt.Sprintf("%s%d", p.Name, n)
		}
		used[name] = true
		t := table{Path: p.Path, Name: name}
		if name != path.Base(p.Path) {
			t.Alias = name
		}
		tables = append(tables, t)
	}
	return tables
}

// File renders the file. Without a table to run, the file must not exist.
func (m *Main) File() (model.File, error) {
	if len(m.tables) == 0 {
		return model.File{Path: filepath.Join(m.dir, FileName)}, nil
	}
	text, err := template.New(FileName).Parse(templates.Worker)
	if err != nil {
		return model.File{}, fmt.Errorf("parse the worker's template: %w", err)
	}
	var out bytes.Buffer
	data := struct {
		Header, Command, Module string
		Imports                 []table
	}{model.Header, filepath.Base(m.dir), m.module, m.tables}
	if err := text.Execute(&out, data); err != nil {
		return model.File{}, fmt.Errorf("execute the worker's template: %w", err)
	}
	content, err := format.Source(out.Bytes())
	if err != nil {
		return model.File{}, fmt.Errorf("format the worker's main: %w", err)
	}
	return model.File{Path: filepath.Join(m.dir, FileName), Content: content}, nil
}
