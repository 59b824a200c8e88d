package emit

import (
	"fmt"
	"go/types"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/actorgen/actorgen/generator/model"
	"github.com/actorgen/actorgen/generator/shape"
)

// stub writes everything that an actor's senders see.
func (w *writer) stub(a *model.Actor) {
	w.comment(append([]string{
		fmt.Sprintf("%s sends tasks to %s through queue %q.", a.Var, source(a), a.Queue.Name),
	}, docLines(a.Doc)...)...)
	w.Var().Id(a.Var).Id(a.StubType()).Op("=").Id(a.StubType()).Values(
		jen.Qual(actorPath, "NewStub").Call(definition(a)),
	)
	w.Line()
	w.Comment("A changed signature is an error here until the code is generated again.")
	w.Var().Id("_").Add(w.signature(a)).Op("=").Add(w.reference(a))
	w.Line()

	w.comment(fmt.Sprintf("%s is the type of [%s].", a.StubType(), a.Var))
	w.Type().Id(a.StubType()).Struct(jen.Id("stub").Qual(actorPath, "Stub"))
	w.Line()

	w.comment(fmt.Sprintf("%s are the arguments of %s.", a.ArgsType(), source(a)))
	fields := w.names.argsFields(a)
	w.Type().Id(a.ArgsType()).StructFunc(func(g *jen.Group) {
		for i, p := range a.Params {
			g.Id(fields[i]).Add(w.names.typ(p.Type))
		}
	})
	w.Line()

	w.send(a)
	if a.Result != nil {
		w.call(a)
	}
	w.message(a)
	w.args(a)
	w.options(a)
}

// docLines returns the function's doc comment as a paragraph of its own.
func docLines(doc string) []string {
	doc = strings.TrimSpace(doc)
	if doc == "" {
		return nil
	}
	return append([]string{""}, strings.Split(doc, "\n")...)
}

// source is the function as its author calls it.
func source(a *model.Actor) string {
	if a.Receiver == nil {
		return a.Func
	}
	return receiver(a).Obj().Name() + "." + a.Func
}

func receiver(a *model.Actor) *types.Named {
	t := types.Unalias(a.Receiver)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	return t.(*types.Named)
}

// signature is the type of the annotated function.
func (w *writer) signature(a *model.Actor) jen.Code {
	var params []jen.Code
	if a.Receiver != nil {
		params = append(params, w.names.typ(a.Receiver))
	}
	params = append(params, jen.Qual(contextPath, "Context"))
	for i, p := range a.Params {
		params = append(params, w.parameterType(a, i, p))
	}
	f := jen.Func().Params(params...)
	switch {
	case a.Result != nil:
		return f.Params(w.names.typ(a.Result.Type), jen.Error())
	case a.Err:
		return f.Error()
	}
	return f
}

// reference names the annotated function as a value of that type.
func (w *writer) reference(a *model.Actor) jen.Code {
	if a.Receiver == nil {
		return jen.Id(a.Func)
	}
	return jen.Parens(w.names.typ(a.Receiver)).Dot(a.Func)
}

// parameterType is the type of the parameter at i, as it is declared.
func (w *writer) parameterType(a *model.Actor, i int, p model.Param) jen.Code {
	if a.Variadic && i == len(a.Params)-1 {
		return jen.Op("...").Add(w.names.typ(types.Unalias(p.Type).(*types.Slice).Elem()))
	}
	return w.names.typ(p.Type)
}

// method begins a method of the stub, with its comment.
func (w *writer) method(a *model.Actor, name, comment string) *jen.Statement {
	w.comment(name + " " + comment)
	return w.Func().Params(jen.Id(w.names.local.receiver).Id(a.StubType())).Id(name)
}

// parameters are the stub's parameters behind first, and the arguments that
// hand them on.
func (w *writer) parameters(a *model.Actor, first ...jen.Code) (params, arguments []jen.Code) {
	params = first
	for i, name := range w.names.parameters(a) {
		params = append(params, jen.Id(name).Add(w.parameterType(a, i, a.Params[i])))
		argument := jen.Id(name)
		if a.Variadic && i == len(a.Params)-1 {
			argument.Op("...")
		}
		arguments = append(arguments, argument)
	}
	return params, arguments
}

func (w *writer) send(a *model.Actor) {
	l := w.names.local
	ctx := jen.Id(l.ctx).Qual(contextPath, "Context")
	delay := jen.Id(l.delay).Qual(timePath, "Duration")

	params, arguments := w.parameters(a, ctx)
	w.method(a, "Send", "sends a task and returns when its outcome is known.").
		Params(params...).Error().Block(w.sendBody(arguments, "Send", jen.Id(l.ctx))...)
	w.Line()

	params, arguments = w.parameters(a, ctx, delay)
	w.method(a, "SendWithDelay", "is Send for a task that the broker holds for a while.").
		Params(params...).Error().Block(w.sendBody(arguments, "SendWithDelay", jen.Id(l.ctx), jen.Id(l.delay))...)
	w.Line()
}

// sendBody makes the message from arguments and hands it, behind first, to a
// method of the stub.
func (w *writer) sendBody(arguments []jen.Code, method string, first ...jen.Code) []jen.Code {
	l := w.names.local
	return []jen.Code{
		jen.List(jen.Id(l.message), jen.Id(l.err)).Op(":=").Id(l.receiver).Dot(messageFunc).Call(arguments...),
		jen.If(jen.Id(l.err).Op("!=").Nil()).Block(jen.Return(jen.Id(l.err))),
		jen.Return(w.stubOf().Dot(method).Call(append(first, jen.Id(l.message))...)),
	}
}

func (w *writer) stubOf() *jen.Statement { return jen.Id(w.names.local.receiver).Dot("stub") }

func (w *writer) message(a *model.Actor) {
	l := w.names.local
	names := w.names.parameters(a)
	params, _ := w.parameters(a)
	w.method(a, messageFunc, "returns a task without sending it.").
		Params(params...).Params(jen.Qual(actorPath, "Message"), jen.Error()).BlockFunc(func(g *jen.Group) {
		g.Id(l.encoder).Op(":=").Qual(actorPath, "NewEncoder").Call()
		g.Id(l.encoder).Dot("Map").Call(jen.Lit(len(a.Params)))
		for i, p := range a.Params {
			g.Add(w.write(p.Shape, w.key(p.Name), jen.Id(names[i])))
		}
		g.Id(l.encoder).Dot("End").Call()
		g.Return(w.stubOf().Dot(messageFunc).Call(jen.Id(l.encoder)))
	})
	w.Line()
}

func (w *writer) args(a *model.Actor) {
	l := w.names.local
	names := w.names.argsFields(a)
	fields := make([]shape.Field, len(a.Params))
	for i, p := range a.Params {
		fields[i] = shape.Field{Key: p.Name, Name: names[i], Shape: p.Shape}
	}
	decoder := w.stubOf().Dot("Decoder").Call(jen.Id(l.message))
	w.method(a, argsFunc, "returns the arguments of a message of this actor.").
		Params(jen.Id(l.message).Qual(actorPath, "Message")).Params(jen.Id(a.ArgsType()), jen.Error()).
		BlockFunc(func(g *jen.Group) {
			if len(fields) == 0 {
				g.Return(jen.Id(a.ArgsType()).Values(), decoder.Dot("Err").Call())
				return
			}
			g.Var().Id(l.args).Id(a.ArgsType())
			g.Id(l.decoder).Op(":=").Add(decoder)
			g.Add(w.readRecord(fields, func(f shape.Field) *jen.Statement { return jen.Id(l.args).Dot(f.Name) }))
			g.Return(jen.Id(l.args), jen.Id(l.decoder).Dot("Err").Call())
		})
	w.Line()
}

// options writes the methods that return a changed stub.
func (w *writer) options(a *model.Actor) {
	l := w.names.local
	w.method(a, "With", "returns a copy that sends with options.").
		Params(jen.Id(l.options).Op("...").Qual(actorPath, "SendOption")).Id(a.StubType()).
		Block(jen.Return(jen.Id(a.StubType()).Values(w.stubOf().Dot("With").Call(jen.Id(l.options).Op("...")))))
	w.Line()
	w.method(a, "Via", "returns a copy that sends through a client of the caller's choice.").
		Params(jen.Id(l.client).Op("*").Qual(actorPath, "Client")).Id(a.StubType()).
		Block(jen.Return(jen.Id(a.StubType()).Values(w.stubOf().Dot("Via").Call(jen.Id(l.client)))))
	w.Line()
}
