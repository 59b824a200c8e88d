package vet

import (
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/actorgen/actorgen/generator/model"
)

// annotated is the fact that a function or method is an actor.
type annotated struct {
	// Stub is the name of the variable that sends to it.
	Stub string
}

// AFact marks the type as a fact.
func (*annotated) AFact() {}

// String is what drivers print of a fact.
func (f *annotated) String() string { return "actor " + f.Stub }

// exportFacts says of each actor's function that it is one.
func (c *checker) exportFacts(p *model.Package) {
	for _, a := range p.Actors {
		if fn := c.function(a); fn != nil {
			c.ExportObjectFact(fn, &annotated{Stub: a.Var})
		}
	}
}

// function finds what an actor was made of.
func (c *checker) function(a *model.Actor) *types.Func {
	if a.Receiver == nil {
		fn, _ := c.Pkg.Scope().Lookup(a.Func).(*types.Func)
		return fn
	}
	fn, _, _ := types.LookupFieldOrMethod(a.Receiver, true, c.Pkg, a.Func)
	method, _ := fn.(*types.Func)
	return method
}

// direct reports a call of an annotated function itself. In another actor, or in
// itself, it is a part of that task, and is let alone; so are tests and the
// generated table.
func (c *checker) direct(at inspector.Cursor) {
	call := at.Node().(*ast.CallExpr)
	fn := typeutil.StaticCallee(c.TypesInfo, call)
	var fact annotated
	if fn == nil || fn.Pkg() == nil || !c.ImportObjectFact(fn, &fact) || c.isInActor(at) || c.ignored(at) {
		return
	}
	method := "Send"
	if fn.Signature().Results().Len() > 1 {
		method = "Call"
	}
	c.Report(analysis.Diagnostic{
		Pos: call.Pos(),
		End: call.End(),
		Message: fmt.Sprintf("%s is called directly: it runs here and now, neither queued nor retried (call %s, or write //actor:ignore above if that is meant)",
			types.ExprString(call.Fun), c.qualifier(call, fn)+fact.Stub+"."+method),
		SuggestedFixes: c.viaStub(at, fn, fact.Stub, method),
	})
}

// qualifier is what stands before the name of the stub: what stands before that
// of the function, or else the name of its package.
func (c *checker) qualifier(call *ast.CallExpr, fn *types.Func) string {
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident: // of this package, or imported by a dot
		return ""
	case *ast.SelectorExpr:
		if id, ok := fun.X.(*ast.Ident); ok && isPackage(c.TypesInfo, id) {
			return id.Name + "."
		}
	}
	if fn.Pkg() == c.Pkg {
		return ""
	}
	return fn.Pkg().Name() + "."
}

func isPackage(info *types.Info, id *ast.Ident) bool {
	_, ok := info.Uses[id].(*types.PkgName)
	return ok
}

// isInActor reports whether a call stands in the body of an annotated function.
func (c *checker) isInActor(at inspector.Cursor) bool {
	for decl := range at.Enclosing((*ast.FuncDecl)(nil)) {
		fn, ok := c.TypesInfo.Defs[decl.Node().(*ast.FuncDecl).Name].(*types.Func)
		return ok && c.ImportObjectFact(fn, new(annotated))
	}
	return false
}

// viaStub replaces a function by the method of its stub, where that has the same
// parameters and results: a method has a receiver besides, which may not be
// needed any more.
func (c *checker) viaStub(at inspector.Cursor, fn *types.Func, stub, method string) []analysis.SuggestedFix {
	if fn.Signature().Recv() != nil || !returnsError(fn) {
		return nil
	}
	switch at.Parent().Node().(type) {
	case *ast.ExprStmt, *ast.GoStmt, *ast.DeferStmt:
		return nil // there its error would be dropped
	}
	variable := fn.Pkg().Scope().Lookup(stub)
	if variable == nil || !isStub(variable.Type()) {
		return nil // not generated yet
	}
	var name *ast.Ident
	switch fun := ast.Unparen(at.Node().(*ast.CallExpr).Fun).(type) {
	case *ast.SelectorExpr:
		name = fun.Sel
	case *ast.Ident:
		if _, visible := c.Pkg.Scope().Innermost(fun.Pos()).LookupParent(stub, fun.Pos()); visible != variable {
			return nil
		}
		name = fun
	default:
		return nil
	}
	return []analysis.SuggestedFix{{
		Message:   "call the stub",
		TextEdits: []analysis.TextEdit{{Pos: name.Pos(), End: name.End(), NewText: []byte(stub + "." + method)}},
	}}
}
