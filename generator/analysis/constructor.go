package analysis

import (
	"go/ast"
	"go/token"

	"github.com/actorgen/actorgen/generator/directive"
	"github.com/actorgen/actorgen/generator/load"
	"github.com/actorgen/actorgen/generator/model"
)

// constructor is a function marked with //actor:new on its way into the model.
type constructor struct {
	model.Constructor
	decl *ast.FuncDecl
	// at is the function's name.
	at token.Position
	// illegal says that a diagnostic already excludes it from the model.
	illegal bool
}

// constructor reads the mark of one function.
func (a *Analysis) constructor(p *pkg, fn *ast.FuncDecl, mark directive.Directive, isActor bool) *constructor {
	c := &constructor{decl: fn, at: a.position(fn.Name.Pos())}
	c.Pos = a.position(mark.Pos)
	c.Func = fn.Name.Name
	refuse := func(pos token.Pos, hint, format string, args ...any) {
		a.addf(pos, hint, format, args...)
		c.illegal = true
	}
	switch {
	case isActor:
		refuse(mark.Pos, "keep one of the directives", "%s cannot be an actor and a constructor", c.title())
	case fn.Recv != nil:
		refuse(mark.Pos, "mark a function that returns the receiver", "method %s cannot be a constructor", c.title())
	case fn.Type.TypeParams != nil:
		refuse(fn.Name.Pos(), "mark a function with concrete types that calls it", "generic function %s cannot be a constructor", c.Func)
	case p.Name == "main":
		refuse(mark.Pos, "move it, with its actors, into a package of their own", "no worker main can call constructor %s of package main", c.Func)
	case !token.IsExported(c.Func):
		refuse(fn.Name.Pos(), export(c.Func), "constructor %s is not exported, so a worker main cannot call it", c.Func)
	}
	return c
}

// title names the function in a message.
func (c *constructor) title() string {
	if receiver := load.ReceiverName(c.decl); receiver != "" {
		return receiver + "." + c.Func
	}
	return c.Func
}

// export suggests what to call a function so that it is exported.
func export(name string) string {
	if upper := model.Exported(name); token.IsExported(upper) {
		return "rename it to " + upper
	}
	return "rename it"
}

// checkConstructors refuses the constructors of a package without annotated
// methods. Where types show more, this is left to them.
func (a *Analysis) checkConstructors(p *pkg) {
	if a.partial {
		return // what seems to be missing may be there
	}
	for _, x := range p.actors {
		if x.decl.Recv != nil {
			return
		}
	}
	for _, c := range p.constructors {
		if !c.illegal {
			a.Diagnostics.Addf(c.Pos, "annotate a method of what it returns with //actor:task, or leave //actor:new out",
				"constructor %s makes no receiver: package %s has no annotated method", c.Func, p.Name)
			c.illegal = true
		}
	}
}
