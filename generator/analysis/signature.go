package analysis

import (
	"go/ast"
	"go/types"

	"github.com/actorgen/actorgen/generator/model"
)

// signature completes an actor with the types of its function, and reports
// whether the function is legal.
func (a *Analysis) signature(x *actor, receivers map[*types.TypeName]types.Type) bool {
	fn, ok := x.pkg.Defs[x.decl.Name].(*types.Func)
	if !ok {
		if !a.broken { // else it is a second declaration, which was reported
			a.Diagnostics.Addf(x.at, "rename it", "%s cannot be called by generated code", x.title())
		}
		return false
	}
	if !a.checkForm(x) {
		return false
	}
	signature := fn.Signature()
	if recv := signature.Recv(); recv != nil {
		named := model.Named(recv.Type())
		if named == nil {
			return false // the type check has said why
		}
		x.Receiver = receivers[named.Obj()]
	}
	before := len(a.Diagnostics)
	a.params(x, signature)
	a.results(x, signature)
	return !x.illegal && len(a.Diagnostics) == before
}

// checkForm refuses what no types are needed for.
func (a *Analysis) checkForm(x *actor) bool {
	fn := x.decl
	generic := fn.Type.TypeParams != nil
	if fn.Recv != nil && len(fn.Recv.List) > 0 {
		generic = generic || isGenericReceiver(fn.Recv.List[0].Type)
	}
	switch name := fn.Name.Name; {
	case generic:
		a.Diagnostics.Addf(x.at, "annotate a function with concrete types that calls it", "generic function %s cannot be an actor", name)
		return false
	case fn.Recv == nil && (name == "init" || name == "main" && x.pkg.Name == "main"):
		a.Diagnostics.Addf(x.at, "", "func %s cannot be called by generated code", name)
		return false
	}
	return true
}

func isGenericReceiver(t ast.Expr) bool {
	switch t := t.(type) {
	case *ast.StarExpr:
		return isGenericReceiver(t.X)
	case *ast.ParenExpr:
		return isGenericReceiver(t.X)
	case *ast.IndexExpr, *ast.IndexListExpr:
		return true
	}
	return false
}

// params takes over the parameters after the context.
func (a *Analysis) params(x *actor, signature *types.Signature) {
	params := signature.Params()
	switch {
	case params.Len() > 0 && a.unresolved(params.At(0).Type()):
		x.illegal = true
	case params.Len() == 0, !model.IsContext(params.At(0).Type()), signature.Variadic() && params.Len() == 1:
		a.Diagnostics.Addf(x.at, "write func "+x.Func+"(ctx context.Context, …) error", "first parameter of %s is not a context.Context", x.title())
		return
	}
	x.Variadic = signature.Variadic()
	fields := parameterFields(x.decl)
	for i := 1; i < params.Len(); i++ {
		param, at := params.At(i), a.position(fields[i].Pos())
		if param.Name() == "" || param.Name() == "_" {
			a.Diagnostics.Addf(at, "name it", "parameter %d of %s has no name, which is its key on the wire", i+1, x.title())
			continue
		}
		x.Params = append(x.Params, model.Param{Pos: at, Name: param.Name(), Shape: a.carried(x, param.Type(), at, "parameter "+param.Name())})
	}
}

// results takes over what the function returns.
func (a *Analysis) results(x *actor, signature *types.Signature) {
	results := signature.Results()
	n := results.Len()
	if n == 0 {
		return
	}
	last := results.At(n - 1).Type()
	if n <= 2 && a.unresolved(last) {
		x.illegal = true
		return
	}
	if n > 2 || !model.IsError(last) {
		a.addf(x.decl.Type.Results.Pos(), "return error, nothing, or (T, error)", "results of %s are not legal", x.title())
		return
	}
	x.Err = true
	if n == 2 {
		at := a.position(x.decl.Type.Results.List[0].Type.Pos())
		x.ResultPos = at
		x.Result = a.carried(x, results.At(0).Type(), at, "result")
	}
}

// unresolved reports whether the type check has said what is wrong with t.
func (a *Analysis) unresolved(t types.Type) bool { return a.broken && t == types.Typ[types.Invalid] }

// parameterFields returns the type expression of each parameter.
func parameterFields(fn *ast.FuncDecl) []ast.Expr {
	var fields []ast.Expr
	for _, field := range fn.Type.Params.List {
		for range max(1, len(field.Names)) {
			fields = append(fields, field.Type)
		}
	}
	return fields
}

// receivers decides as which type each receiver is taken: as a pointer where
// any annotated method has one.
func (a *Analysis) receivers(p *pkg) map[*types.TypeName]types.Type {
	receivers := make(map[*types.TypeName]types.Type)
	for _, x := range p.actors {
		fn, ok := p.Defs[x.decl.Name].(*types.Func)
		if !ok || fn.Signature().Recv() == nil {
			continue
		}
		t := fn.Signature().Recv().Type()
		named := model.Named(t)
		if named == nil {
			continue
		}
		if _, pointer := types.Unalias(t).(*types.Pointer); pointer || receivers[named.Obj()] == nil {
			receivers[named.Obj()] = t
		}
	}
	return receivers
}
