package emit

import (
	"cmp"
	"go/types"
	"slices"

	"github.com/actorgen/actorgen/generator/code"
	"github.com/actorgen/actorgen/generator/model"
)

// table writes the function that a worker takes the package's actors from.
func (w *writer) table() {
	receivers := receiversOf(w.actors)
	parameter := make(map[*types.TypeName]string) // by receiver type
	var params []code.Code
	named := make([]*types.Named, len(receivers))
	for i, r := range receivers {
		named[i] = receiver(r)
	}
	for i, name := range w.names.receivers(named) {
		parameter[named[i].Obj()] = name
		params = append(params, code.Id(name).Add(w.names.typ(receivers[i].Receiver)))
	}

	var entries []code.Code
	for _, a := range w.actors {
		function := code.Id(a.Func)
		if a.Receiver != nil {
			function = code.Id(parameter[receiver(a).Obj()]).Dot(a.Func)
		}
		entries = append(entries, code.Values(
			code.Id("Definition").Op(":").Add(w.definitionOf(a)),
			code.Id("Bind").Op(":").Add(w.bind(a, function)),
		))
	}
	w.comment(model.TableFunc + " is the dispatch table of this package, for a worker.")
	w.Func().Id(model.TableFunc).Params(params...).Qual(actorPath, "Table").Block(
		code.Return(code.Qual(actorPath, "Table").Rows(entries...)),
	)
	w.Line()
}

// definitionOf is the definition that the stub of an actor holds.
func (w *writer) definitionOf(a *model.Actor) code.Code {
	if w.remote != nil {
		return code.Id(a.Var).Dot(definitionFunc).Call()
	}
	return code.Id(a.Var).Dot("stub").Dot(definitionFunc).Call()
}

// receiversOf returns one method of each receiver type, sorted by its name.
func receiversOf(actors []*model.Actor) []*model.Actor {
	var list []*model.Actor
	for _, a := range actors {
		if a.Receiver != nil {
			list = append(list, a)
		}
	}
	name := func(a *model.Actor) string { return receiver(a).Obj().Name() }
	slices.SortStableFunc(list, func(a, b *model.Actor) int { return cmp.Compare(name(a), name(b)) })
	return slices.CompactFunc(list, func(a, b *model.Actor) bool { return name(a) == name(b) })
}

// bind is the function that turns a message into a call of function.
func (w *writer) bind(a *model.Actor, function *code.Statement) code.Code {
	l := w.names.local
	stub := code.Id(a.Var)
	return code.Func().Params(code.Id(l.message).Qual(actorPath, "Message")).
		Params(code.Qual(actorPath, "Task"), code.Error()).BlockFunc(func(g *code.Group) {
		args := l.args
		if len(a.Params) == 0 {
			args = "_"
		}
		read := code.List(code.Id(args), code.Id(l.err)).Op(":=").Add(stub).Dot(argsFunc).Call(code.Id(l.message))
		failed := code.Id(l.err).Op("!=").Nil()
		if len(a.Params) == 0 {
			g.If(read, failed).Block(code.Return(code.Nil(), code.Id(l.err)))
		} else {
			g.Add(read)
			g.If(failed).Block(code.Return(code.Nil(), code.Id(l.err)))
		}
		g.Return(w.task(a, function), code.Nil())
	})
}

// task is the call that is ready to run.
func (w *writer) task(a *model.Actor, function *code.Statement) code.Code {
	l := w.names.local
	if len(a.Params) == 0 && a.Result == nil && a.Err {
		return function // is a task as it stands
	}
	arguments := []code.Code{code.Id(l.ctx)}
	for i, name := range w.names.argsFields(a) {
		argument := code.Id(l.args).Dot(name)
		if a.Variadic && i == len(a.Params)-1 {
			argument.Op("...")
		}
		arguments = append(arguments, argument)
	}
	call := function.Call(arguments...)
	var body []code.Code
	switch {
	case a.Result != nil:
		body = []code.Code{
			code.List(code.Id(l.value), code.Id(l.err)).Op(":=").Add(call),
			code.Return(code.Qual(actorPath, "Return").Call(
				code.Id(l.ctx), code.Id(l.value), code.Id(l.err), w.encodeFunc(a.Result))),
		}
	case a.Err:
		body = []code.Code{code.Return(call)}
	default:
		body = []code.Code{call, code.Return(code.Nil())}
	}
	return code.Func().Params(code.Id(l.ctx).Qual(contextPath, "Context")).Error().Block(body...)
}
