// Package analysis turns directives and signatures into the model: it decides
// what every name is, which value every option has, and what is not legal.
package analysis

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/actorgen/actorgen/generator/diagnostic"
	"github.com/actorgen/actorgen/generator/directive"
	"github.com/actorgen/actorgen/generator/load"
	"github.com/actorgen/actorgen/generator/model"
)

// Analysis is the state of one run: first what syntax alone tells, then what
// types add.
type Analysis struct {
	// Diagnostics are all problems found so far, in no order.
	Diagnostics diagnostic.List

	module   *load.Module
	packages []*pkg
	queues   map[string]*queue
	// broken says that the type check or the parser found errors, which explain
	// every type that could not be resolved.
	broken bool
	// partial says that some file could not be read to its end, so that what
	// seems to be missing may be there.
	partial bool
}

// pkg is a package with annotated functions.
type pkg struct {
	*load.Package
	defaults values
	actors   []*actor
	// constructors are the functions that make receivers.
	constructors []*constructor
	// stubs is the package that the stubs go into, if that is another one.
	stubs *load.Package
}

// actor is an annotated function on its way into the model.
type actor struct {
	model.Actor
	pkg  *pkg
	decl *ast.FuncDecl
	// at is the function's name, where most diagnostics stand.
	at token.Position
	// own are the values of the annotation, all those with the package's
	// defaults beneath.
	own values
	all values
	// illegal says that a diagnostic already excludes it from the model.
	illegal bool
}

// Syntax analyses what needs no types: directives, options and names of the
// whole module.
func Syntax(m *load.Module) *Analysis {
	a := &Analysis{module: m, queues: make(map[string]*queue)}
	for _, p := range m.Packages {
		a.problems(p)
		a.describeQueues(p)
	}
	for _, p := range m.Packages {
		if q := a.declare(p); len(q.actors) > 0 {
			a.packages = append(a.packages, q)
		}
	}
	a.checkQueues()
	for _, p := range a.packages {
		a.checkClashes(p)
	}
	a.checkNames()
	return a
}

// Roots returns the functions whose types are needed next: those that are
// understood.
func (a *Analysis) Roots() []load.Root {
	var roots []load.Root
	for _, p := range a.packages {
		for _, actor := range p.actors {
			if a.understands(p, actor.decl) {
				roots = append(roots, load.Root{Package: p.Package, Func: actor.decl})
			}
		}
		for _, c := range p.constructors {
			roots = append(roots, load.Root{Package: p.Package, Func: c.decl})
		}
	}
	return roots
}

// Types completes the model with the types of the signatures. The errors are
// those of the type check that concern them.
func (a *Analysis) Types(errors []types.Error) []*model.Package {
	a.broken = len(errors) > 0 || a.partial
	for _, err := range errors {
		if strings.HasPrefix(err.Msg, "\t") {
			continue // the second place of the error before
		}
		a.Diagnostics.Addf(a.position(err.Pos), "", "%s", err.Msg)
	}
	var result []*model.Package
	for _, p := range a.packages {
		if p.Types == nil {
			continue
		}
		a.checkDotImports(p)
		receivers := a.receivers(p)
		m := &model.Package{Place: place(p.Package), Types: p.Types}
		if p.stubs != nil {
			stubs := place(p.stubs)
			m.Stubs = &stubs
		}
		for _, actor := range p.actors {
			if a.understands(p, actor.decl) && a.signature(actor, receivers) {
				m.Actors = append(m.Actors, &actor.Actor)
			}
		}
		slices.SortFunc(m.Actors, func(x, y *model.Actor) int { return cmp.Compare(x.Var, y.Var) })
		if !p.Unclear { // else what makes them may not have been understood
			m.Receivers = a.withConstructors(p, receivers)
		}
		result = append(result, m)
	}
	return result
}

// declare reads the annotated functions of a package.
func (a *Analysis) declare(p *load.Package) *pkg {
	result := &pkg{Package: p, defaults: a.packageDefaults(p)}
	for _, file := range p.Files {
		for _, d := range file.Syntax.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			tasks, marks := byVerb(file.Directives.Funcs[fn])
			if len(tasks) > 0 {
				result.actors = append(result.actors, a.actor(result, fn, tasks))
			}
			if len(marks) > 0 {
				result.constructors = append(result.constructors, a.constructor(result, fn, marks[0], len(tasks) > 0))
			}
		}
	}
	a.checkConstructors(result)
	return result
}

// byVerb separates what makes a function an actor from what marks it as a
// constructor.
func byVerb(all []directive.Directive) (tasks, marks []directive.Directive) {
	for _, d := range all {
		if d.Verb == directive.New {
			marks = append(marks, d)
		} else {
			tasks = append(tasks, d)
		}
	}
	return tasks, marks
}

func (a *Analysis) addf(pos token.Pos, hint, format string, args ...any) {
	a.Diagnostics.Addf(a.position(pos), hint, format, args...)
}

// position ignores line directives: a problem stands where it can be edited.
func (a *Analysis) position(pos token.Pos) token.Position {
	return a.module.Fset.PositionFor(pos, false)
}
