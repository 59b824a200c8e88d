package analysis

import (
	"cmp"
	"go/types"
	"slices"
	"strings"

	"github.com/actorgen/actorgen/generator/model"
	"github.com/actorgen/actorgen/generator/suggest"
)

// withConstructors returns the receivers of a package, sorted by name, with the
// constructors that make them. A receiver keeps one that was refused: what it
// lacks has been said.
func (a *Analysis) withConstructors(p *pkg, taken map[*types.TypeName]types.Type) []*model.Receiver {
	var receivers []*model.Receiver
	for name, t := range taken {
		receivers = append(receivers, &model.Receiver{Name: name.Name(), Type: t})
	}
	slices.SortFunc(receivers, func(x, y *model.Receiver) int { return cmp.Compare(x.Name, y.Name) })
	for _, c := range p.constructors {
		r := a.madeBy(p, c, receivers)
		switch {
		case r == nil:
		case r.New == nil:
			r.New = &c.Constructor
		case !c.illegal && c.Func != r.New.Func: // else the type check says it
			a.twoConstructors(r, c.Constructor, *r.New)
			a.twoConstructors(r, *r.New, c.Constructor)
		}
	}
	return receivers
}

func (a *Analysis) twoConstructors(r *model.Receiver, mine, other model.Constructor) {
	a.Diagnostics.Addf(mine.Pos, "keep one //actor:new", "%s makes %s, and so does %s at %s", mine.Func, r.Name, other.Func, a.shortPosition(other.Pos))
	a.Diagnostics.Relate(other.Pos)
}

// madeBy completes a constructor with its types, and returns the receiver that it
// makes: of one that is refused the receiver that it was probably meant for, or
// nil.
func (a *Analysis) madeBy(p *pkg, c *constructor, receivers []*model.Receiver) *model.Receiver {
	meant := meantBy(c, receivers)
	fn, ok := p.Defs[c.decl.Name].(*types.Func)
	if !ok || c.illegal {
		return meant // why was reported, of a second declaration by the type check
	}
	made, form, ok := model.Constructs(fn.Signature())
	r := receiverOf(made, receivers)
	if !ok || r == nil {
		c.illegal = true
		results := fn.Signature().Results()
		if results.Len() > 0 {
			meant = cmp.Or(receiverOf(model.Named(results.At(0).Type()), receivers), meant)
		}
		a.refuseParam(p, c, fn.Signature(), meant)
		a.refuseResult(p, c, results, receivers, meant)
		return meant
	}
	c.Context, c.Err, c.Pointer, c.Close = form.Context, form.Err, form.Pointer, closeOf(p, made)
	return r
}

// receiverOf finds the receiver with a type.
func receiverOf(t *types.Named, receivers []*model.Receiver) *model.Receiver {
	i := slices.IndexFunc(receivers, func(r *model.Receiver) bool { return t != nil && model.Named(r.Type).Obj() == t.Obj() })
	if i < 0 {
		return nil
	}
	return receivers[i]
}

// meantBy guesses from its name what a constructor makes.
func meantBy(c *constructor, receivers []*model.Receiver) *model.Receiver {
	var names []string
	for _, r := range receivers {
		names = append(names, r.ConstructorName())
	}
	if i := slices.Index(names, suggest.Nearest(c.Func, names)); i >= 0 {
		return receivers[i]
	}
	return nil
}

// refuseParam reports the first parameter that is no context.
func (a *Analysis) refuseParam(p *pkg, c *constructor, signature *types.Signature, r *model.Receiver) {
	for i := range signature.Params().Len() {
		t := signature.Params().At(i).Type()
		if a.unresolved(t) {
			return
		}
		if i == 0 && model.IsContext(t) {
			continue
		}
		a.addf(parameterFields(c.decl)[i].Pos(), "let it find that out itself, as "+wanted(c, r)+", or write a worker main of your own",
			"constructor %s takes %s, but a worker main passes nothing but a context", c.Func, parameter(p, signature, i))
		return
	}
}

// parameter writes one parameter as the source does.
func parameter(p *pkg, signature *types.Signature, i int) string {
	param := signature.Params().At(i)
	text := types.TypeString(param.Type(), qualified(p))
	if slice, ok := param.Type().(*types.Slice); ok && signature.Variadic() && i == signature.Params().Len()-1 {
		text = "..." + types.TypeString(slice.Elem(), qualified(p))
	}
	if param.Name() != "" && param.Name() != "_" {
		text = param.Name() + " " + text
	}
	return text
}

// qualified writes types of the package itself without a qualifier.
func qualified(p *pkg) types.Qualifier {
	return func(other *types.Package) string {
		if other == p.Types {
			return ""
		}
		return other.Name()
	}
}

// refuseResult reports results that are no receiver, or no receiver and an error.
func (a *Analysis) refuseResult(p *pkg, c *constructor, results *types.Tuple, receivers []*model.Receiver, meant *model.Receiver) {
	n := results.Len()
	if n == 0 {
		a.addf(c.decl.Name.Pos(), returns(c, receivers, meant), "constructor %s returns nothing", c.Func)
		return
	}
	first, at := results.At(0).Type(), c.decl.Type.Results.Pos()
	text := types.TypeString(first, qualified(p))
	switch named := model.Named(first); {
	case a.unresolved(first) || a.unresolved(results.At(n-1).Type()):
	case model.IsError(first):
		a.addf(at, returns(c, receivers, meant), "constructor %s returns no receiver", c.Func)
	case n > 2 || n == 2 && !model.IsError(results.At(1).Type()):
		a.addf(at, returns(c, receivers, meant), "constructor %s returns more than a receiver and an error", c.Func)
	case receiverOf(named, receivers) != nil:
	case named != nil && named.Obj().Pkg() == p.Types && !types.IsInterface(named):
		a.addf(at, "annotate one with //actor:task, or leave //actor:new out", "constructor %s makes %s, which has no annotated method", c.Func, text)
	default:
		a.addf(at, returns(c, receivers, meant), "constructor %s makes %s, which is no receiver of this package", c.Func, text)
	}
}

// returns suggests what a constructor could return.
func returns(c *constructor, receivers []*model.Receiver, meant *model.Receiver) string {
	if meant != nil {
		return "write " + wanted(c, meant)
	}
	var all []string
	for _, r := range receivers {
		all = append(all, r.Result())
	}
	return "return " + strings.Join(all, " or ") + ", alone or with an error"
}

// wanted is the longest legal form of a constructor.
func wanted(c *constructor, r *model.Receiver) string {
	result := "…"
	if r != nil {
		result = r.Result()
	}
	return "func " + c.Func + "(ctx context.Context) (" + result + ", error)"
}

// closeOf finds the method Close that releases a receiver: with a context or
// without, and with an error or without. One that is annotated is a task.
func closeOf(p *pkg, t *types.Named) *types.Func {
	object, _, _ := types.LookupFieldOrMethod(types.NewPointer(t), true, p.Types, "Close")
	method, ok := object.(*types.Func)
	if !ok || slices.ContainsFunc(p.actors, func(x *actor) bool { return p.Defs[x.decl.Name] == method }) {
		return nil
	}
	signature := method.Signature()
	takes := signature.Params().Len() == 0 || signature.Params().Len() == 1 && model.IsContext(signature.Params().At(0).Type())
	gives := signature.Results().Len() == 0 || signature.Results().Len() == 1 && model.IsError(signature.Results().At(0).Type())
	if !takes || !gives {
		return nil
	}
	return method
}
