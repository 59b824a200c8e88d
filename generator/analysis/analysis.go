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
	// broken says that the type check found errors, which explain every type
	// that could not be resolved.
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

// Roots returns the functions whose types are needed next: those of packages
// that parse.
func (a *Analysis) Roots() []load.Root {
	var roots []load.Root
	for _, p := range a.packages {
		if !isWhole(p.Package) {
			continue // whatever the type check said would follow from the syntax errors
		}
		for _, actor := range p.actors {
			roots = append(roots, load.Root{Package: p.Package, Func: actor.decl})
		}
	}
	return roots
}

// Types completes the model with the types of the signatures. The errors are
// those of the type check that concern them.
func (a *Analysis) Types(errors []types.Error) []*model.Package {
	a.broken = len(errors) > 0
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
		receivers := a.receivers(p)
		m := &model.Package{Path: p.Path, Name: p.Name, Dir: p.Dir, Types: p.Types}
		m.Declared, m.Imported = scopes(p.Package)
		for _, actor := range p.actors {
			if a.signature(actor, receivers) {
				m.Actors = append(m.Actors, &actor.Actor)
			}
		}
		slices.SortFunc(m.Actors, func(x, y *model.Actor) int { return cmp.Compare(x.Var, y.Var) })
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
			var tasks []directive.Directive
			for _, d := range file.Directives.Funcs[fn] {
				if d.Verb == directive.New {
					a.addf(d.Pos, "write a worker main of your own and pass the receiver to Actors", "constructors are not called by generated code")
					continue
				}
				tasks = append(tasks, d)
			}
			if len(tasks) > 0 {
				result.actors = append(result.actors, a.actor(result, fn, tasks))
			}
		}
	}
	return result
}

func (a *Analysis) addf(pos token.Pos, hint, format string, args ...any) {
	a.Diagnostics.Addf(a.position(pos), hint, format, args...)
}

// position ignores line directives: a problem stands where it can be edited.
func (a *Analysis) position(pos token.Pos) token.Position {
	return a.module.Fset.PositionFor(pos, false)
}
