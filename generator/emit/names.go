package emit

import (
	"fmt"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/dave/jennifer/jen"

	"github.com/actorgen/actorgen/generator/model"
)

// names decides what everything in the file is called. The package's own
// identifiers come first, then the stubs, imports, local variables, functions for
// types and last parameters; whoever comes later gives way
// and takes a number.
type names struct {
	home string
	// imports maps import paths to the names in the file.
	imports map[string]string
	// real maps them to the packages' own names.
	real map[string]string
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
	taken := func(prefix string) bool { return s[prefix+name] }
	for base, n := name, 2; slices.ContainsFunc(prefixes, taken); n++ {
		name = base + strconv.Itoa(n)
	}
	return name
}

func newNames(p *model.Package, c *codecs) (*names, error) {
	if err := checkPredeclared(p); err != nil {
		return nil, err
	}
	n := &names{home: p.Path, real: c.imports, imports: make(map[string]string), inner: make(scope)}
	for _, name := range types.Universe.Names() {
		n.inner[name] = true
	}
	file := maps.Clone(n.inner) // everything that an identifier of the file could hide
	for _, name := range p.Types.Scope().Names() {
		file[name] = true
	}
	file[tableFunc] = true
	for _, a := range p.Actors {
		for _, name := range []string{a.Var, actorType(a), argsType(a)} {
			file[name] = true
		}
	}
	pick := func(name string) string {
		picked := file.pick(name)
		n.inner[picked] = true
		return picked
	}

	for _, path := range []string{contextPath, timePath, actorPath} {
		n.imports[path] = pick(c.imports[path])
	}
	for _, path := range slices.Sorted(maps.Keys(c.imports)) {
		if n.imports[path] == "" {
			n.imports[path] = pick(c.imports[path])
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

	maps.Copy(file, p.Taken) // what one file imports, no other may declare
	for _, h := range c.helpers {
		name := file.free(helperName(h.typ), "encode", "decode")
		h.encode, h.decode = pick("encode"+name), pick("decode"+name)
	}
	n.file = file
	return n, nil
}

// predeclared are the identifiers that generated code needs as the language
// defines them.
var predeclared = []string{
	"bool", "byte", "error", "false", "float32", "float64", "int", "int16", "int32", "int64", "int8", "len", "nil",
	"rune", "string", "true", "uint", "uint16", "uint32", "uint64", "uint8",
}

func checkPredeclared(p *model.Package) error {
	needed := predeclared
	for _, a := range p.Actors {
		if len(a.Settings) > 0 {
			needed = append(slices.Clone(predeclared), "new")
			break
		}
	}
	for _, name := range needed {
		if p.Types.Scope().Lookup(name) != nil {
			return fmt.Errorf("package %q declares %s, which generated code needs as the language defines it", p.Path, name)
		}
	}
	return nil
}

// declareImports tells jennifer what the imports are called.
func (n *names) declareImports(f *jen.File) {
	for path, name := range n.imports {
		if name == n.real[path] {
			f.ImportName(path, name)
		} else {
			f.ImportAlias(path, name)
		}
	}
}

const (
	tableFunc   = "Actors"
	messageFunc = "Message"
	argsFunc    = "Args"
)

func actorType(a *model.Actor) string { return a.Var + "Actor" }
func argsType(a *model.Actor) string  { return a.Var + "Args" }

// parameters names the parameters of an actor's stub. Those whose name is free
// keep it before the others choose theirs.
func (n *names) parameters(a *model.Actor) []string {
	used := maps.Clone(n.inner)
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
		result[i] = used.pick(unexported(r.Obj().Name()))
	}
	return result
}

// exported returns name with an upper-case first letter, or behind an X where
// its first letter has no case.
func exported(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	if upper := unicode.ToUpper(first); unicode.IsUpper(upper) {
		return string(upper) + name[size:]
	}
	return "X" + name
}

func unexported(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToLower(first)) + name[size:]
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
