package vet

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/types/typeutil"
)

// isQuick reports whether nothing in a piece of source takes time but one call.
// What is done with an error does not count.
func (c *checker) isQuick(piece ast.Node, call *ast.CallExpr) bool {
	quick := true
	ast.Inspect(piece, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt:
			if c.asksError(n.Cond) {
				quick = quick && c.isQuick(n.Cond, call) &&
					(n.Init == nil || c.isQuick(n.Init, call)) && (n.Else == nil || c.isQuick(n.Else, call))
				return false
			}
		case *ast.CallExpr:
			quick = quick && (n == call || c.isQuickCall(n))
		case *ast.UnaryExpr:
			quick = quick && n.Op != token.ARROW
		case *ast.ForStmt, *ast.RangeStmt, *ast.SelectStmt, *ast.SendStmt, *ast.GoStmt, *ast.DeferStmt, *ast.FuncLit:
			quick = false
		}
		return quick
	})
	return quick
}

// asksError recognises err != nil.
func (c *checker) asksError(condition ast.Expr) bool {
	comparison, ok := ast.Unparen(condition).(*ast.BinaryExpr)
	if !ok || comparison.Op != token.NEQ || !c.TypesInfo.Types[comparison.Y].IsNil() {
		return false
	}
	t := c.TypesInfo.TypeOf(comparison.X)
	return t != nil && isError(t)
}

// quickPackages only compute; of fmt that is what returns a text or an error.
var quickPackages = map[string]bool{
	"bytes": true, "errors": true, "math": true, "path": true, "strconv": true, "strings": true, "unicode/utf8": true,
}

// isQuickCall recognises calls that certainly wait for nothing: of the language,
// of packages that only compute, of what options are made of.
func (c *checker) isQuickCall(call *ast.CallExpr) bool {
	if fun := c.TypesInfo.Types[call.Fun]; fun.IsType() || fun.IsBuiltin() {
		return true
	}
	fn := typeutil.StaticCallee(c.TypesInfo, call)
	if fn == nil || fn.Pkg() == nil {
		return false
	}
	if receiver := fn.Signature().Recv(); receiver != nil {
		return fn.Name() == "With" && isStub(receiver.Type())
	}
	path := fn.Pkg().Path()
	switch {
	case isRuntimePath(path):
		return returnsOption(fn)
	case path == "fmt":
		return strings.HasPrefix(fn.Name(), "Sprint") || fn.Name() == "Errorf"
	}
	return quickPackages[path]
}

func returnsOption(fn *types.Func) bool {
	results := fn.Signature().Results()
	return results.Len() == 1 && isRuntime(results.At(0).Type(), "SendOption")
}
