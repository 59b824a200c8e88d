package emit

import (
	"go/types"
	"strconv"

	"github.com/actorgen/actorgen/generator/code"
	"github.com/actorgen/actorgen/generator/shape"
)

// speller writes types, and collects the packages that they are written with.
type speller struct {
	home shape.Home
	// packages maps import paths to the packages' own names.
	packages map[string]string
	// own holds the names of the types that are written without a package.
	own map[string]bool
}

func newSpeller(p part, c *codecs) speller {
	s := speller{home: p.home, packages: map[string]string{actorPath: "actor", contextPath: "context", timePath: "time"}, own: make(map[string]bool)}
	if p.remote != nil {
		s.packages[p.remote.Path] = p.remote.Name
	}
	for _, a := range p.actors {
		for _, param := range a.Params {
			s.typ(param.Type)
		}
		if a.Result != nil {
			s.typ(a.Result.Type)
		}
	}
	for _, h := range c.helpers {
		s.typ(h.Type)
	}
	return s
}

// ownIn returns the types that t is written with and that need no package: a
// variable of such a name would hide them.
func (s *speller) ownIn(t types.Type) map[string]bool {
	inner := speller{home: s.home, packages: make(map[string]string), own: make(map[string]bool)}
	inner.typ(t)
	return inner.own
}

// typ writes a type as the source does: by the alias where it uses one.
func (s *speller) typ(t types.Type) *code.Statement {
	switch t := s.home.Spelled(t).(type) {
	case *types.Alias:
		return s.typeName(t.Obj(), t.TypeArgs())
	case *types.Named:
		return s.typeName(t.Obj(), t.TypeArgs())
	case *types.Basic:
		return code.Id(t.Name())
	case *types.Slice:
		return code.Index().Add(s.typ(t.Elem()))
	case *types.Array:
		return code.Index(code.Id(strconv.FormatInt(t.Len(), 10))).Add(s.typ(t.Elem()))
	case *types.Map:
		return code.Map(s.typ(t.Key())).Add(s.typ(t.Elem()))
	case *types.Pointer:
		return code.Op("*").Add(s.typ(t.Elem()))
	case *types.Struct:
		return s.structType(t)
	}
	panic("emit: type " + t.String() + " was not refused") // package shape lets no others pass
}

func (s *speller) typeName(o *types.TypeName, args *types.TypeList) *code.Statement {
	written := code.Id(o.Name())
	if pkg := o.Pkg(); pkg != nil {
		if pkg.Path() == s.home.Package {
			s.own[o.Name()] = true
		} else {
			s.packages[pkg.Path()] = pkg.Name()
		}
		written = code.Qual(pkg.Path(), o.Name())
	}
	if args.Len() == 0 {
		return written
	}
	var arguments []code.Code
	for arg := range args.Types() {
		arguments = append(arguments, s.typ(arg))
	}
	return written.Types(arguments...)
}

// structType writes a struct type without a name. Its tags belong to it.
func (s *speller) structType(t *types.Struct) *code.Statement {
	var fields []code.Code
	for i := range t.NumFields() {
		f := t.Field(i)
		field := code.Id(f.Name()).Add(s.typ(f.Type()))
		if f.Embedded() {
			field = s.typ(f.Type())
		}
		if tag := t.Tag(i); tag != "" {
			field.Id(quoteTag(tag))
		}
		fields = append(fields, field)
	}
	return code.Struct(fields...)
}

func quoteTag(tag string) string {
	if strconv.CanBackquote(tag) {
		return "`" + tag + "`"
	}
	return strconv.Quote(tag)
}
