package analysis

import (
	"fmt"
	"go/ast"
	"go/token"
	"path/filepath"

	"github.com/actorgen/actorgen/generator/load"
	"github.com/actorgen/actorgen/generator/model"
)

// table is the name of the generated function that returns a package's table.
const table = "Actors"

// taken returns every identifier of a package's own files at package scope,
// imports included.
func taken(p *load.Package) map[string]bool {
	names := make(map[string]bool)
	for name := range declared(p) {
		names[name] = true
	}
	for _, imported := range p.Types.Imports() { // some are called otherwise than their path
		names[imported.Name()] = true
	}
	return names
}

// declared finds where a package's own files, its tests too, declare what at
// package scope.
func declared(p *load.Package) map[string]*ast.Ident {
	names := make(map[string]*ast.Ident)
	for _, files := range [][]*load.File{p.Files, p.Tests} {
		for _, file := range files {
			for _, spec := range file.Syntax.Imports {
				if _, name := load.ImportName(spec); name != "" && name != "." && name != "_" {
					names[name] = &ast.Ident{NamePos: spec.Pos(), Name: name}
				}
			}
		}
	}
	for _, files := range [][]*load.File{p.Tests, p.Files} {
		for _, file := range files {
			for _, d := range file.Syntax.Decls {
				for _, name := range identifiers(d) {
					names[name.Name] = name
				}
			}
		}
	}
	return names
}

func identifiers(d ast.Decl) []*ast.Ident {
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

// generated is an identifier that the output will declare.
type generated struct {
	name string
	// what says whose it is.
	what string
	// actor is nil for the table.
	actor *actor
}

// checkClashes refuses a package whose output would not compile: identifiers
// that exist already, or that two actors need.
func (a *Analysis) checkClashes(p *pkg) {
	own := declared(p.Package)
	for _, name := range model.Predeclared {
		if at, ok := own[name]; ok {
			a.addf(at.Pos(), "rename it", "%s hides what the language calls %s, which generated code needs", name, name)
		}
	}
	first := make(map[string]generated)
	claim := func(g generated) {
		if other, ok := own[g.name]; ok {
			a.clashWithSource(g, other)
		}
		if other, ok := first[g.name]; ok {
			if g.actor == nil || other.actor == nil || g.actor.title() != other.actor.title() { // else the type check says it
				a.clash(g, other)
			}
			return
		}
		first[g.name] = g
	}
	claim(generated{table, "the table of this package", nil})
	for _, x := range p.actors {
		if x.Var == "" {
			continue
		}
		claim(generated{x.Var, "the stub of " + x.title(), x})
		claim(generated{x.Var + "Actor", "the stub's type of " + x.title(), x})
		claim(generated{x.Var + "Args", "the arguments' type of " + x.title(), x})
	}
}

func (a *Analysis) clashWithSource(g generated, other *ast.Ident) {
	switch {
	case g.actor == nil:
		a.addf(other.Pos(), "rename it", "%s is also %s in the generated file", g.name, g.what)
	case other == g.actor.decl.Name:
		a.addf(other.Pos(), "rename it to "+unexported(g.name)+", or set var=", "function %s has the name of its own stub", g.name)
	default:
		a.Diagnostics.Addf(g.actor.at, "set var=, or rename one", "%s, %s, is already declared at %s", g.name, g.what, a.short(other.Pos()))
		a.addf(other.Pos(), "rename it, or set var= on "+g.actor.title(), "%s is also %s in the generated file", g.name, g.what)
	}
}

func (a *Analysis) clash(g, other generated) {
	for _, pair := range [][2]generated{{g, other}, {other, g}} {
		mine, theirs := pair[0], pair[1]
		if mine.actor == nil {
			continue
		}
		place := ""
		if theirs.actor != nil {
			place = " at " + shortPosition(theirs.actor.at)
		}
		a.Diagnostics.Addf(mine.actor.at, "set var=, or rename one", "%s is %s and %s%s", mine.name, mine.what, theirs.what, place)
	}
}

// checkNames refuses two actors of the module with one name on the wire.
func (a *Analysis) checkNames() {
	first := make(map[string]*actor)
	for _, p := range a.packages {
		for _, x := range p.actors {
			if x.Name == "" {
				continue
			}
			other, ok := first[x.Name]
			if !ok {
				first[x.Name] = x
				continue
			}
			for _, pair := range [][2]*actor{{x, other}, {other, x}} {
				a.Diagnostics.Addf(a.namePosition(pair[0]), "set name=", "%q is also the name on the wire of %s.%s at %s",
					x.Name, pair[1].pkg.Path, pair[1].title(), shortPosition(pair[1].at))
			}
		}
	}
}

func (a *Analysis) namePosition(x *actor) token.Position {
	if set, ok := x.own["name"]; ok {
		return a.position(set.pos)
	}
	return x.at
}

func unexported(name string) string {
	return string(name[0]|0x20) + name[1:]
}

// short names a place inside a message.
func (a *Analysis) short(pos token.Pos) string { return shortPosition(a.position(pos)) }

func shortPosition(pos token.Position) string {
	return fmt.Sprintf("%s:%d", filepath.Base(pos.Filename), pos.Line)
}
