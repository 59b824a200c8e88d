package emit

import (
	"fmt"
	"go/types"
	"strings"

	"github.com/actorgen/actorgen/generator/code"
	"github.com/actorgen/actorgen/generator/model"
	"github.com/actorgen/actorgen/generator/shape"
)

// actor writes everything that an actor's senders see, or the names by which they
// see it where the stubs stand elsewhere.
func (w *writer) actor(a *model.Actor) {
	w.comment(append([]string{
		fmt.Sprintf("%s sends tasks to %s through queue %q.", a.Var, source(a), a.Queue.Name),
	}, docLines(a.Doc)...)...)
	w.Var().Id(a.Var).Id(a.StubType()).Op("=").Add(w.stub(a))
	w.Line()
	if w.source == nil {
		w.Comment("A changed signature is an error here until the code is generated again.")
		w.Var().Id("_").Add(w.signature(a)).Op("=").Add(w.reference(a))
		w.Line()
	}

	w.comment(fmt.Sprintf("%s is the type of [%s].", a.StubType(), a.Var))
	w.typeOf(a.StubType(), code.Struct(code.Id("stub").Qual(actorPath, "Stub")))
	w.comment(fmt.Sprintf("%s are the arguments of %s.", a.ArgsType(), source(a)))
	w.typeOf(a.ArgsType(), w.argsStruct(a))
	if w.remote != nil {
		return
	}

	w.send(a)
	if a.Result != nil {
		w.call(a)
	}
	w.message(a)
	w.args(a)
	w.options(a)
	if w.source != nil {
		w.definition(a)
	}
}

// stub is the value of an actor's variable.
func (w *writer) stub(a *model.Actor) code.Code {
	if w.remote != nil {
		return code.Qual(w.remote.Path, a.Var)
	}
	return code.Id(a.StubType()).Values(code.Qual(actorPath, "NewStub").Call(definition(a)))
}

// typeOf declares a type that users see, or an alias of it.
func (w *writer) typeOf(name string, is code.Code) {
	if w.remote != nil {
		is = code.Op("=").Qual(w.remote.Path, name)
	}
	w.Type().Id(name).Add(is)
	w.Line()
}

// argsStruct is the struct of an actor's arguments.
func (w *writer) argsStruct(a *model.Actor) code.Code {
	fields := w.names.argsFields(a)
	declared := make([]code.Code, len(fields))
	for i, p := range a.Params {
		declared[i] = code.Id(fields[i]).Add(w.names.typ(p.Type))
	}
	return code.Struct(declared...)
}

// definition writes the method by which the table of another package gets at what
// the stub knows.
func (w *writer) definition(a *model.Actor) {
	w.method(a, definitionFunc, "returns what the source says of the actor.").
		Params().Op("*").Qual(actorPath, "Definition").
		Block(code.Return(w.stubOf().Dot(definitionFunc).Call()))
	w.Line()
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
func (w *writer) signature(a *model.Actor) code.Code {
	var params []code.Code
	if a.Receiver != nil {
		params = append(params, w.names.typ(a.Receiver))
	}
	params = append(params, code.Qual(contextPath, "Context"))
	for i, p := range a.Params {
		params = append(params, w.parameterType(a, i, p))
	}
	f := code.Func().Params(params...)
	switch {
	case a.Result != nil:
		return f.Params(w.names.typ(a.Result.Type), code.Error())
	case a.Err:
		return f.Error()
	}
	return f
}

// reference names the annotated function as a value of that type.
func (w *writer) reference(a *model.Actor) code.Code {
	if a.Receiver == nil {
		return code.Id(a.Func)
	}
	return code.Parens(w.names.typ(a.Receiver)).Dot(a.Func)
}

// parameterType is the type of the parameter at i, as it is declared.
func (w *writer) parameterType(a *model.Actor, i int, p model.Param) code.Code {
	if a.Variadic && i == len(a.Params)-1 {
		return code.Op("...").Add(w.names.typ(types.Unalias(p.Type).(*types.Slice).Elem()))
	}
	return w.names.typ(p.Type)
}

// method begins a method of the stub, with its comment.
func (w *writer) method(a *model.Actor, name, comment string) *code.Statement {
	w.comment(name + " " + comment)
	return w.Func().Params(code.Id(w.names.local.receiver).Id(a.StubType())).Id(name)
}

// parameters are the stub's parameters behind first, and the arguments that
// hand them on.
func (w *writer) parameters(a *model.Actor, first ...code.Code) (params, arguments []code.Code) {
	params = first
	for i, name := range w.names.parameters(a) {
		params = append(params, code.Id(name).Add(w.parameterType(a, i, a.Params[i])))
		argument := code.Id(name)
		if a.Variadic && i == len(a.Params)-1 {
			argument.Op("...")
		}
		arguments = append(arguments, argument)
	}
	return params, arguments
}

func (w *writer) send(a *model.Actor) {
	l := w.names.local
	ctx := code.Id(l.ctx).Qual(contextPath, "Context")
	delay := code.Id(l.delay).Qual(timePath, "Duration")

	params, arguments := w.parameters(a, ctx)
	w.method(a, "Send", "sends a task and returns when its outcome is known.").
		Params(params...).Error().Block(w.sendBody(arguments, "Send", code.Id(l.ctx))...)
	w.Line()

	params, arguments = w.parameters(a, ctx, delay)
	w.method(a, "SendWithDelay", "is Send for a task that the broker holds for a while.").
		Params(params...).Error().Block(w.sendBody(arguments, "SendWithDelay", code.Id(l.ctx), code.Id(l.delay))...)
	w.Line()
}

// sendBody makes the message from arguments and hands it, behind first, to a
// method of the stub.
func (w *writer) sendBody(arguments []code.Code, method string, first ...code.Code) []code.Code {
	l := w.names.local
	return []code.Code{
		code.List(code.Id(l.message), code.Id(l.err)).Op(":=").Id(l.receiver).Dot(messageFunc).Call(arguments...),
		code.If(code.Id(l.err).Op("!=").Nil()).Block(code.Return(code.Id(l.err))),
		code.Return(w.stubOf().Dot(method).Call(append(first, code.Id(l.message))...)),
	}
}

func (w *writer) stubOf() *code.Statement { return code.Id(w.names.local.receiver).Dot("stub") }

func (w *writer) message(a *model.Actor) {
	l := w.names.local
	names := w.names.parameters(a)
	params, _ := w.parameters(a)
	w.method(a, messageFunc, "returns a task without sending it.").
		Params(params...).Params(code.Qual(actorPath, "Message"), code.Error()).BlockFunc(func(g *code.Group) {
		g.Id(l.encoder).Op(":=").Qual(actorPath, "NewEncoder").Call()
		g.Id(l.encoder).Dot("Map").Call(code.Lit(len(a.Params)))
		for i, p := range a.Params {
			g.Add(w.write(p.Shape, w.key(p.Name), code.Id(names[i])))
		}
		g.Id(l.encoder).Dot("End").Call()
		g.Return(w.stubOf().Dot(messageFunc).Call(code.Id(l.encoder)))
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
	decoder := w.stubOf().Dot("Decoder").Call(code.Id(l.message))
	w.method(a, argsFunc, "returns the arguments of a message of this actor.").
		Params(code.Id(l.message).Qual(actorPath, "Message")).Params(code.Id(a.ArgsType()), code.Error()).
		BlockFunc(func(g *code.Group) {
			if len(fields) == 0 {
				g.Return(code.Id(a.ArgsType()).Values(), decoder.Dot("Err").Call())
				return
			}
			g.Var().Id(l.args).Id(a.ArgsType())
			g.Id(l.decoder).Op(":=").Add(decoder)
			g.Add(w.readRecord(fields, func(f shape.Field) *code.Statement { return code.Id(l.args).Dot(f.Name) }))
			g.Return(code.Id(l.args), code.Id(l.decoder).Dot("Err").Call())
		})
	w.Line()
}

// options writes the methods that return a changed stub.
func (w *writer) options(a *model.Actor) {
	l := w.names.local
	w.method(a, "With", "returns a copy that sends with options.").
		Params(code.Id(l.options).Op("...").Qual(actorPath, "SendOption")).Id(a.StubType()).
		Block(code.Return(code.Id(a.StubType()).Values(w.stubOf().Dot("With").Call(code.Id(l.options).Op("...")))))
	w.Line()
	w.method(a, "Via", "returns a copy that sends through a client of the caller's choice.").
		Params(code.Id(l.client).Op("*").Qual(actorPath, "Client")).Id(a.StubType()).
		Block(code.Return(code.Id(a.StubType()).Values(w.stubOf().Dot("Via").Call(code.Id(l.client)))))
	w.Line()
}
