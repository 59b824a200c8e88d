package workermain

import (
	"fmt"
	"go/token"
	"go/types"

	"github.com/actorgen/actorgen/generator/diagnostic"
	"github.com/actorgen/actorgen/generator/load"
	"github.com/actorgen/actorgen/generator/model"
)

// missing reports a receiver that no function makes, where its first method
// stands.
func missing(m *load.Module, p *model.Package, r *model.Receiver, diagnostics *diagnostic.List) {
	first := firstMethod(p, r)
	if first == nil {
		return // its methods were refused
	}
	hint := fmt.Sprintf("put //actor:new above a func %s(ctx context.Context) (%s, error), or write a worker main of your own",
		r.ConstructorName(), r.Result())
	fn := unmarked(p, r)
	if fn != nil {
		at := m.Fset.PositionFor(fn.Pos(), false)
		hint = fmt.Sprintf("put //actor:new above func %s at %s:%d", fn.Name(), m.Relative(at.Filename), at.Line)
	}
	diagnostics.Addf(first.Pos, hint, "worker has no %s to call %s on", r.Result(), first.Func)
	if fn != nil {
		diagnostics.Relate(m.Fset.PositionFor(fn.Pos(), false))
	}
}

// firstMethod returns the annotated method of a receiver that the source names
// first.
func firstMethod(p *model.Package, r *model.Receiver) *model.Actor {
	var first *model.Actor
	for _, a := range p.Actors {
		if a.Receiver != nil && model.Named(a.Receiver).Obj() == model.Named(r.Type).Obj() && (first == nil || before(a.Pos, first.Pos)) {
			first = a
		}
	}
	return first
}

func before(a, b token.Position) bool {
	if a.Filename != b.Filename {
		return a.Filename < b.Filename
	}
	return a.Offset < b.Offset
}

// unmarked finds a function that only lacks the mark: the one with the expected
// name before any other.
func unmarked(p *model.Package, r *model.Receiver) *types.Func {
	scope := p.Types.Scope()
	for _, name := range append([]string{r.ConstructorName()}, scope.Names()...) {
		fn, ok := scope.Lookup(name).(*types.Func)
		if !ok || !fn.Exported() {
			continue
		}
		if made, _, ok := model.Constructs(fn.Signature()); ok && made.Obj() == model.Named(r.Type).Obj() {
			return fn
		}
	}
	return nil
}
