package analysis

import (
	"go/ast"
	"go/token"
	"time"

	"github.com/actorgen/actorgen/generator/directive"
	"github.com/actorgen/actorgen/generator/load"
	"github.com/actorgen/actorgen/generator/model"
	"github.com/actorgen/actorgen/generator/option"
)

// actor reads the annotation of one function: its names, its queue, its
// options.
func (a *Analysis) actor(p *pkg, fn *ast.FuncDecl, tasks []directive.Directive) *actor {
	x := &actor{pkg: p, decl: fn, at: a.position(fn.Name.Pos()), own: make(values)}
	for _, d := range tasks {
		a.read(x.own, d, option.Task)
	}
	x.all = x.own.over(p.defaults)
	x.Pos = a.position(tasks[0].Pos)
	x.Doc = directive.Doc(fn.Doc)
	x.Func = fn.Name.Name
	x.Var = a.stubName(x)
	x.Name = a.wireName(x)
	x.Broker = x.all.text("broker", "")
	x.Queue.Name = x.all.text("queue", defaultQueue)
	x.Queue.Pos, x.Queue.Settings = a.described(x)
	x.Settings = x.all.settings(option.Task)
	a.checkOptions(x)
	return x
}

// stubName decides how the stub is called. An empty name was reported.
func (a *Analysis) stubName(x *actor) string {
	if name := x.own.text("var", ""); name != "" {
		return name
	}
	name := model.Exported(x.Func)
	if receiver := load.ReceiverName(x.decl); receiver != "" {
		name = model.Exported(receiver) + name
	}
	if !token.IsExported(name) {
		a.addf(x.decl.Name.Pos(), "name it with var=", "%s cannot be exported as the name of a stub", x.Func)
		x.illegal = true
		return ""
	}
	return name
}

// wireName decides the name on the wire.
func (a *Analysis) wireName(x *actor) string {
	if name := x.own.text("name", ""); name != "" {
		return name
	}
	if x.pkg.Name == "main" {
		a.addf(x.decl.Name.Pos(), "set name=", "an actor of package main has no name of its own")
		return ""
	}
	name := x.pkg.Name + "." + x.Var
	if err := option.CheckName(name); err != nil && x.Var != "" {
		a.addf(x.decl.Name.Pos(), "set name=", "name on the wire %q %s", name, err)
	}
	return name
}

// checkOptions applies the rules between the options of an actor.
func (a *Analysis) checkOptions(x *actor) {
	a.checkBackoff(x)
	if set, ok := x.all["persistent"]; ok && set.parsed == false && a.isQuorum(x.Queue.Name) {
		a.addf(set.pos, "leave it out, or describe the queue: //actor:queue "+x.Queue.Name+" type=classic",
			"persistent=false is not possible on queue %q: quorum queues always persist", x.Queue.Name)
	}
}

// checkBackoff compares what the annotation sets, or else the package's
// defaults, with what holds for the other bound.
func (a *Analysis) checkBackoff(x *actor) {
	least, most := x.duration("min-backoff"), x.duration("max-backoff")
	if least <= most {
		return
	}
	for _, from := range []values{x.own, x.all} {
		for _, key := range []string{"min-backoff", "max-backoff"} {
			if set, ok := from[key]; ok {
				a.addf(set.pos, "", "min-backoff %s of %s is over its max-backoff %s", x.written("min-backoff"), x.title(), x.written("max-backoff"))
				return
			}
		}
	}
}

// written returns the value that holds for a key as its author wrote it.
func (x *actor) written(key string) string {
	if set, ok := x.all[key]; ok {
		return set.text
	}
	o, _ := option.Find(option.Task, key)
	return o.Default + " (the default)"
}

// duration returns the value that holds for a key of kind duration, the
// built-in default included.
func (x *actor) duration(key string) time.Duration {
	set, ok := x.all[key]
	if !ok {
		o, _ := option.Find(option.Task, key)
		set.parsed, _ = o.Kind.Parse(o.Default)
	}
	d, _ := set.parsed.(time.Duration)
	return d
}

// title names the function in a message.
func (x *actor) title() string {
	if receiver := load.ReceiverName(x.decl); receiver != "" {
		return receiver + "." + x.Func
	}
	return x.Func
}
