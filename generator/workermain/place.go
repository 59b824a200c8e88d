package workermain

import (
	"fmt"
	"go/parser"
	"go/token"
	"path/filepath"

	"github.com/actorgen/actorgen/generator/load"
)

// placeFor returns the import path of a main package in dir, or why there can
// be none, and the identifiers that its other files declare.
func placeFor(m *load.Module, dir string) (importPath string, taken map[string]bool, err error) {
	importPath, err = m.Place(dir, "-main")
	if err != nil {
		return "", nil, err
	}
	if p := m.Find(importPath); p != nil {
		taken, err = vacant(p)
	}
	return importPath, taken, err
}

// vacant returns the identifiers of a package that exists, or why it cannot take
// the worker's main.
func vacant(p *load.Package) (map[string]bool, error) {
	if p.Name != "main" && p.Name != "" {
		return nil, fmt.Errorf("directory %q of -main holds package %s, not package main", p.Dir, p.Name)
	}
	taken := make(map[string]bool)
	for _, source := range p.Sources {
		if filepath.Base(source) == FileName {
			continue // the output itself; whoever writes it checks whose it is
		}
		for _, name := range declared(source) {
			if name == "main" {
				return nil, fmt.Errorf("directory %q of -main has a func main of its own, in %q", p.Dir, filepath.Base(source))
			}
			taken[name] = true
		}
	}
	return taken, nil
}

// declared lists what a file declares at package scope, as far as it can be read.
func declared(source string) []string {
	file, _ := parser.ParseFile(token.NewFileSet(), source, nil, parser.SkipObjectResolution)
	if file == nil {
		return nil
	}
	var names []string
	for _, d := range file.Decls {
		for _, id := range load.Identifiers(d) {
			names = append(names, id.Name)
		}
	}
	return names
}
