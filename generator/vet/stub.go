package vet

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/types/typeutil"
)

// runtimePath is the package that generated code is made of.
const runtimePath = "github.com/actorgen/actorgen/runtime/actor"

// usesRuntime reports whether anything in the package can be a stub: whatever
// holds one has the runtime among its imports.
func (c *checker) usesRuntime() bool {
	seen := make(map[*types.Package]bool)
	var reaches func(p *types.Package) bool
	reaches = func(p *types.Package) bool {
		if seen[p] {
			return false
		}
		seen[p] = true
		if isRuntimePath(p.Path()) {
			return true
		}
		for _, imported := range p.Imports() {
			if reaches(imported) {
				return true
			}
		}
		return false
	}
	return reaches(c.Pkg)
}

// sending is a call of a method that sends a task, or makes a message of one.
type sending struct {
	// method is its name; batch says that it is Client.Publish.
	method string
	batch  bool
	// on is the stub or the client.
	on ast.Expr
}

// text is the call as messages name it.
func (s sending) text() string { return types.ExprString(s.on) + "." + s.method }

// sending recognises calls of the methods of stubs whose error tells what became
// of a task.
func (c *checker) sending(call *ast.CallExpr) (s sending, ok bool) {
	selector, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return s, false
	}
	fn := typeutil.StaticCallee(c.TypesInfo, call)
	if fn == nil || fn.Signature().Recv() == nil || !returnsError(fn) {
		return s, false
	}
	s = sending{method: fn.Name(), on: selector.X}
	receiver := fn.Signature().Recv().Type()
	switch fn.Name() {
	case "Send", "SendWithDelay", "Message", "Call":
		return s, isStub(receiver)
	case "Publish":
		s.batch = true
		return s, isRuntime(receiver, "Client")
	}
	return s, false
}

// isStub recognises the types of generated stubs by what they are made of: a
// struct of a runtime stub, and nothing else.
func isStub(t types.Type) bool {
	s, ok := types.Unalias(t).Underlying().(*types.Struct)
	return ok && s.NumFields() == 1 && isRuntime(s.Field(0).Type(), "Stub")
}

// isRuntime reports whether t, or what it points at, is a type of the runtime.
func isRuntime(t types.Type, name string) bool {
	if pointer, ok := types.Unalias(t).(*types.Pointer); ok {
		t = pointer.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil || named.Obj().Name() != name {
		return false
	}
	return isRuntimePath(named.Obj().Pkg().Path())
}

func isRuntimePath(path string) bool {
	return path == runtimePath || strings.HasSuffix(path, "/vendor/"+runtimePath)
}

func returnsError(fn *types.Func) bool {
	results := fn.Signature().Results()
	return results.Len() > 0 && isError(results.At(results.Len()-1).Type())
}

func isError(t types.Type) bool {
	return types.Identical(t, types.Universe.Lookup("error").Type())
}
