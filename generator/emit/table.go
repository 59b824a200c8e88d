package emit

import (
	"cmp"
	"go/types"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/actorgen/actorgen/generator/model"
)

// table writes the function that a worker takes the package's actors from.
func (w *writer) table(p *model.Package) {
	receivers := receiversOf(p)
	parameter := make(map[*types.TypeName]string) // by receiver type
	var params []jen.Code
	named := make([]*types.Named, len(receivers))
	for i, r := range receivers {
		named[i] = receiver(r)
	}
	for i, name := range w.names.receivers(named) {
		parameter[named[i].Obj()] = name
		params = append(params, jen.Id(name).Add(w.names.typ(receivers[i].Receiver)))
	}

	var entries []jen.Code
	for _, a := range p.Actors {
		function := jen.Id(a.Func)
		if a.Receiver != nil {
			function = jen.Id(parameter[receiver(a).Obj()]).Dot(a.Func)
		}
		entries = append(entries, jen.Values(
			jen.Id("Definition").Op(":").Id(a.Var).Dot("stub").Dot("Definition").Call(),
			jen.Id("Bind").Op(":").Add(w.bind(a, function)),
		))
	}
	w.comment(model.TableFunc + " is the dispatch table of this package, for a worker.")
	w.Func().Id(model.TableFunc).Params(params...).Qual(actorPath, "Table").Block(
		jen.Return(jen.Qual(actorPath, "Table").Custom(rows("{", "}"), entries...)),
	)
	w.Line()
}

// receiversOf returns one method of each receiver type, sorted by its name.
func receiversOf(p *model.Package) []*model.Actor {
	var list []*model.Actor
	for _, a := range p.Actors {
		if a.Receiver != nil {
			list = append(list, a)
		}
	}
	name := func(a *model.Actor) string { return receiver(a).Obj().Name() }
	slices.SortStableFunc(list, func(a, b *model.Actor) int { return cmp.Compare(name(a), name(b)) })
	return slices.CompactFunc(list, func(a, b *model.Actor) bool { return name(a) == name(b) })
}

// bind is the function that turns a message into a call of function.
func (w *writer) bind(a *model.Actor, function *jen.Statement) jen.Code {
	l := w.names.local
	stub := jen.Id(a.Var)
	return jen.Func().Params(jen.Id(l.message).Qual(actorPath, "Message")).
		Params(jen.Qual(actorPath, "Task"), jen.Error()).BlockFunc(func(g *jen.Group) {
		args := l.args
		if len(a.Params) == 0 {
			args = "_"
		}
		read := jen.List(jen.Id(args), jen.Id(l.err)).Op(":=").Add(stub).Dot(argsFunc).Call(jen.Id(l.message))
		failed := jen.Id(l.err).Op("!=").Nil()
		if len(a.Params) == 0 {
			g.If(read, failed).Block(jen.Return(jen.Nil(), jen.Id(l.err)))
		} else {
			g.Add(read)
			g.If(failed).Block(jen.Return(jen.Nil(), jen.Id(l.err)))
		}
		g.Return(w.task(a, function), jen.Nil())
	})
}

// task is the call that is ready to run.
func (w *writer) task(a *model.Actor, function *jen.Statement) jen.Code {
	l := w.names.local
	if len(a.Params) == 0 && a.Result == nil && a.Err {
		return function // is a task as it stands
	}
	arguments := []jen.Code{jen.Id(l.ctx)}
	for i, name := range w.names.argsFields(a) {
		argument := jen.Id(l.args).Dot(name)
		if a.Variadic && i == len(a.Params)-1 {
			argument.Op("...")
		}
		arguments = append(arguments, argument)
	}
	call := function.Call(arguments...)
	var body []jen.Code
	switch {
	case a.Result != nil:
		body = []jen.Code{
			jen.List(jen.Id(l.value), jen.Id(l.err)).Op(":=").Add(call),
			jen.Return(jen.Qual(actorPath, "Return").Call(
				jen.Id(l.ctx), jen.Id(l.value), jen.Id(l.err), w.encodeFunc(a.Result))),
		}
	case a.Err:
		body = []jen.Code{jen.Return(call)}
	default:
		body = []jen.Code{call, jen.Return(jen.Nil())}
	}
	return jen.Func().Params(jen.Id(l.ctx).Qual(contextPath, "Context")).Error().Block(body...)
}
