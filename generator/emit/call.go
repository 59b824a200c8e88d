package emit

import (
	"github.com/actorgen/actorgen/generator/code"
	"github.com/actorgen/actorgen/generator/model"
)

// call writes the method of an actor with a result.
func (w *writer) call(a *model.Actor) {
	l := w.names.local
	params, arguments := w.parameters(a, code.Id(l.ctx).Qual(contextPath, "Context"))
	w.method(a, "Call", "runs a task in a worker and returns its result; see [actor.Call].").
		Params(params...).Params(w.names.typ(a.Result.Type), code.Error()).Block(
		code.List(code.Id(l.message), code.Id(l.err)).Op(":=").Id(l.receiver).Dot(messageFunc).Call(arguments...),
		code.If(code.Id(l.err).Op("!=").Nil()).Block(
			code.Return(code.Op("*").New(w.names.typ(a.Result.Type)), code.Id(l.err)),
		),
		code.Return(code.Qual(actorPath, "Call").Call(
			code.Id(l.ctx), w.stubOf(), code.Id(l.message), w.decodeFunc(a.Result))),
	)
	w.Line()
}
