package analysis

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"github.com/actorgen/actorgen/generator/model"
)

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
	own, imports := declared(p.Package), imported(p.Package)
	a.checkPredeclared(own)
	first := make(map[string]generated)
	claim := func(g generated) {
		if other := cmp.Or(own[g.name], imports[g.name]); other != nil {
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
	claim(generated{model.TableFunc, "the table of this package", nil})
	for _, x := range p.actors {
		if x.Var == "" {
			continue
		}
		if other, ok := first[x.Var]; ok && other.actor != nil && other.actor.Var == x.Var {
			claim(generated{x.Var, "the stub of " + x.title(), x})
			continue // their types clash as well, and go with the stubs
		}
		for _, g := range x.identifiers() {
			claim(g)
		}
	}
}

// identifiers are what the output declares for an actor.
func (x *actor) identifiers() []generated {
	return []generated{
		{x.Var, "the stub of " + x.title(), x},
		{x.StubType(), "the stub's type of " + x.title(), x},
		{x.ArgsType(), "the arguments' type of " + x.title(), x},
	}
}

// checkPredeclared refuses what hides the identifiers of the language.
func (a *Analysis) checkPredeclared(own map[string]*ast.Ident) {
	for _, name := range model.Predeclared {
		if at, ok := own[name]; ok {
			a.addf(at.Pos(), "rename it", "%s hides what the language calls %s, which generated code needs", name, name)
		}
	}
}

func (a *Analysis) clashWithSource(g generated, other *ast.Ident) {
	switch {
	case g.actor == nil:
		a.addf(other.Pos(), "rename it", "%s is also %s in the generated file", g.name, g.what)
	case other == g.actor.decl.Name:
		a.addf(other.Pos(), unexport(g.name), "function %s has the name of its own stub", g.name)
	default:
		a.Diagnostics.Addf(g.actor.at, "set var=, or rename one", "%s, %s, is already declared at %s", g.name, g.what, a.short(other.Pos()))
		a.Diagnostics.Relate(a.position(other.Pos()))
		a.addf(other.Pos(), "rename it, or set var= on "+g.actor.title(), "%s is also %s in the generated file", g.name, g.what)
		a.Diagnostics.Relate(g.actor.at)
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
			place = " at " + a.shortPosition(theirs.actor.at)
		}
		a.Diagnostics.Addf(mine.actor.at, "set var=, or rename one", "%s is %s and %s%s", mine.name, mine.what, theirs.what, place)
		if theirs.actor != nil {
			a.Diagnostics.Relate(theirs.actor.at)
		}
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
			if sameStub(x, other) {
				continue // which is where the name comes from
			}
			for _, pair := range [][2]*actor{{x, other}, {other, x}} {
				a.Diagnostics.Addf(a.namePosition(pair[0]), "set name=", "%q is also the name on the wire of %s.%s at %s",
					x.Name, pair[1].pkg.Path, pair[1].title(), a.shortPosition(pair[1].at))
				a.Diagnostics.Relate(pair[1].at)
			}
		}
	}
}

// sameStub reports whether two actors are called alike because their stubs are.
func sameStub(x, y *actor) bool {
	_, named := x.own["name"]
	_, otherNamed := y.own["name"]
	return x.pkg == y.pkg && x.Var == y.Var && !named && !otherNamed
}

func (a *Analysis) namePosition(x *actor) token.Position {
	if set, ok := x.own["name"]; ok {
		return a.position(set.pos)
	}
	return x.at
}

// unexport suggests what to call a function so that its stub can have its name.
func unexport(name string) string {
	lower := model.Unexported(name)
	if lower == name || token.IsKeyword(lower) || types.Universe.Lookup(lower) != nil {
		return "rename it, or set var="
	}
	return "rename it to " + lower + ", or set var="
}

// short names a place inside a message, as the diagnostics name theirs.
func (a *Analysis) short(pos token.Pos) string { return a.shortPosition(a.position(pos)) }

func (a *Analysis) shortPosition(pos token.Position) string {
	pos = a.module.Origin(pos)
	return fmt.Sprintf("%s:%d", a.module.Relative(pos.Filename), pos.Line)
}
