package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/actorgen/actorgen/generator/model"
)

// call writes the method of an actor with a result.
func (w *writer) call(a *model.Actor) {
	l := w.names.local
	params, arguments := w.parameters(a, jen.Id(l.ctx).Qual(contextPath, "Context"))
	w.method(a, "Call", "runs a task in a worker and returns its result; see [actor.Call].").
		Params(params...).Params(w.names.typ(a.Result.Type), jen.Error()).Block(
		jen.List(jen.Id(l.message), jen.Id(l.err)).Op(":=").Id(l.receiver).Dot(messageFunc).Call(arguments...),
		jen.If(jen.Id(l.err).Op("!=").Nil()).Block(
			jen.Return(jen.Op("*").New(w.names.typ(a.Result.Type)), jen.Id(l.err)),
		),
		jen.Return(jen.Qual(actorPath, "Call").Call(
			jen.Id(l.ctx), w.stubOf(), jen.Id(l.message), w.decodeFunc(a.Result))),
	)
	w.Line()
}
