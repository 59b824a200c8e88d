package vet

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"
)

// loop reports a Send that a loop over a slice or map repeats, where the loop
// does nothing else that takes time: one batch would wait for the broker once.
func (c *checker) loop(at inspector.Cursor) {
	call := at.Node().(*ast.CallExpr)
	s, ok := c.sending(call)
	if !ok || s.method != "Send" || len(call.Args) == 0 {
		return
	}
	loop, body := c.loopAround(at)
	if loop == nil || !c.isQuick(body, call) || c.changes(root(s.on), loop) || c.changes(call.Args[0], loop) || c.ignored(at) {
		return
	}
	stub := types.ExprString(s.on)
	c.Report(analysis.Diagnostic{
		Pos: call.Pos(),
		End: call.End(),
		Message: stub + ".Send in a loop waits for the broker once for each task (collect what " + stub +
			".Message returns, and send it behind the loop with client.Publish(ctx, messages...))",
	})
}

// loopAround returns the loop over a slice or map that repeats a call, and the
// loop's body. The call must stand in a statement of the body itself: in an
// assignment, or in an if that asks for its error.
func (c *checker) loopAround(at inspector.Cursor) (loop ast.Node, body *ast.BlockStmt) {
	up := statement(at)
	if _, ok := up.Node().(*ast.AssignStmt); !ok {
		if _, ok := up.Node().(*ast.IfStmt); !ok {
			return nil, nil
		}
	} else if _, ok := up.Parent().Node().(*ast.IfStmt); ok {
		up = up.Parent()
	}
	body, ok := up.Parent().Node().(*ast.BlockStmt)
	if !ok {
		return nil, nil
	}
	switch around := up.Parent().Parent().Node().(type) {
	case *ast.RangeStmt:
		if c.isCollection(around.X) {
			return around, body
		}
	case *ast.ForStmt:
		if c.asksLength(around.Cond) {
			return around, body
		}
	}
	return nil, nil
}

// isCollection reports whether a range is over a slice, a map, or the length of
// something, which may be long: a literal is as long as it looks.
func (c *checker) isCollection(x ast.Expr) bool {
	if _, literal := ast.Unparen(x).(*ast.CompositeLit); literal {
		return false
	}
	t := c.TypesInfo.TypeOf(x)
	if t == nil {
		return false
	}
	switch t.Underlying().(type) {
	case *types.Slice, *types.Map:
		return true
	}
	return c.isLength(x)
}

// asksLength recognises i < len(x).
func (c *checker) asksLength(condition ast.Expr) bool {
	comparison, ok := condition.(*ast.BinaryExpr)
	return ok && comparison.Op == token.LSS && c.isLength(comparison.Y)
}

func (c *checker) isLength(x ast.Expr) bool {
	call, ok := ast.Unparen(x).(*ast.CallExpr)
	if !ok {
		return false
	}
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	return ok && c.TypesInfo.Uses[id] == types.Universe.Lookup("len")
}

// changes reports whether an expression names something that a loop declares.
func (c *checker) changes(x ast.Expr, loop ast.Node) bool {
	found := false
	ast.Inspect(x, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			object := c.TypesInfo.Uses[id]
			found = found || object != nil && loop.Pos() <= object.Pos() && object.Pos() < loop.End()
		}
		return !found
	})
	return found
}

// root returns what a chain of selectors and calls begins with.
func root(x ast.Expr) ast.Expr {
	for {
		switch on := ast.Unparen(x).(type) {
		case *ast.SelectorExpr:
			x = on.X
		case *ast.CallExpr:
			x = on.Fun
		default:
			return on
		}
	}
}
