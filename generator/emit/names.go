package emit

import (
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"

	"github.com/actorgen/actorgen/generator/code"
	"github.com/actorgen/actorgen/generator/model"
)

// names decides what everything in the file is called. The package's own
// identifiers come first, then the stubs, imports, local variables, functions for
// types and last parameters; whoever comes later gives way
// and takes a number.
type names struct {
	// speller knows the packages that are named in the file.
	speller
	// imports maps import paths to the names in the file.
	imports map[string]string
	// file holds the identifiers that mean something in the file, inner those
	// that functions with the actor's parameters refer to or declare.
	file, inner scope
	local       locals
}

// locals are the variables of generated functions.
type locals struct {
	receiver, ctx, delay, message, err, encoder, decoder, value, args, field, fields, options, client string
}

// scope is a set of identifiers that a new one must not be.
type scope map[string]bool

// pick returns name, or name with the first number that makes it new, and
// takes it.
func (s scope) pick(name string) string {
	picked := s.free(name, "")
	s[picked] = true
	return picked
}

// free returns name, or name with the first number that makes it new behind
// each of the prefixes.
func (s scope) free(name string, prefixes ...string) string {
	taken := func(prefix string) bool { return s[prefix+name] || token.IsKeyword(prefix+name) }
	for base, n := name, 2; slices.ContainsFunc(prefixes, taken); n++ {
		name = base + strconv.Itoa(n)
	}
	return name
}

func newNames(p part, c *codecs) *names {
	n := &names{speller: newSpeller(p, c), imports: make(map[string]string), inner: make(scope)}
	for _, name := range types.Universe.Names() {
		n.inner[name] = true
	}
	file := maps.Clone(n.inner) // everything that an identifier of the file could hide
	maps.Copy(file, p.Declared)
	file["init"] = true // which no import can be called
	file[model.TableFunc] = true
	for _, a := range p.actors {
		for _, name := range []string{a.Var, a.StubType(), a.ArgsType()} {
			file[name] = true
		}
	}
	pick := func(name string) string {
		picked := file.pick(name)
		n.inner[picked] = true
		return picked
	}

	for _, path := range append([]string{contextPath, timePath, actorPath}, slices.Sorted(maps.Keys(n.packages))...) {
		if n.imports[path] == "" {
			n.imports[path] = pick(n.packages[path])
		}
	}

	n.local = locals{
		receiver: pick("a"),
		ctx:      pick("ctx"),
		delay:    pick("delay"),
		message:  pick("m"),
		err:      pick("err"),
		encoder:  pick("e"),
		decoder:  file.pick("d"),
		value:    file.pick("v"),
		args:     file.pick("args"),
		field:    file.pick("field"),
		fields:   file.pick("fields"),
		options:  file.pick("opts"),
		client:   file.pick("c"),
	}

	maps.Copy(file, p.Imported) // what one file imports, no other may declare
	for _, h := range c.helpers {
		name := file.free(helperName(h.Type), "encode", "decode")
		h.encode, h.decode = pick("encode"+name), pick("decode"+name)
	}
	n.file = file
	return n
}

// declareImports tells the file what the imports are called.
func (n *names) declareImports(f *code.File) {
	for path, name := range n.imports {
		f.Import(path, name, name != n.packages[path])
	}
}

const (
	messageFunc    = "Message"
	argsFunc       = "Args"
	definitionFunc = "Definition"
)

// parameters names the parameters of an actor's stub. Those whose name is free
// keep it before the others choose theirs.
func (n *names) parameters(a *model.Actor) []string {
	used := maps.Clone(n.inner)
	if a.Result != nil {
		maps.Copy(used, n.ownIn(a.Result.Type)) // Call writes it beside the parameters
	}
	result := make([]string, len(a.Params))
	for i, p := range a.Params {
		if !used[p.Name] {
			result[i] = used.pick(p.Name)
		}
	}
	for i, p := range a.Params {
		if result[i] == "" {
			result[i] = used.pick(p.Name)
		}
	}
	return result
}

// argsFields names the fields of an actor's args: the parameters, exported.
func (n *names) argsFields(a *model.Actor) []string {
	used := make(scope)
	result := make([]string, len(a.Params))
	for i, p := range a.Params {
		result[i] = used.pick(exported(p.Name))
	}
	return result
}

// receivers names the parameters of the table function, which calls functions
// of the package.
func (n *names) receivers(list []*types.Named) []string {
	used := maps.Clone(n.file)
	result := make([]string, len(list))
	for i, r := range list {
		result[i] = used.pick(model.Variable(r.Obj().Name()))
	}
	return result
}

// exported is model.Exported, or name behind an X where its first letter has
// no case.
func exported(name string) string {
	if upper := model.Exported(name); token.IsExported(upper) {
		return upper
	}
	return "X" + name
}

// helperName is what follows "encode" and "decode" in the names of the
// functions for t.
func helperName(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		name := exported(t.Obj().Name())
		for arg := range t.TypeArgs().Types() {
			name += helperName(arg)
		}
		return name
	case *types.Slice:
		return helperName(t.Elem()) + "Slice"
	case *types.Array:
		return helperName(t.Elem()) + "Array" + strconv.FormatInt(t.Len(), 10)
	case *types.Map:
		return helperName(t.Key()) + helperName(t.Elem()) + "Map"
	case *types.Pointer:
		return helperName(t.Elem()) + "Pointer"
	case *types.Basic:
		return exported(t.Name())
	}
	return "Struct"
}
