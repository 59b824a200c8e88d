package emit

import (
	"go/types"
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/actorgen/actorgen/generator/model"
	"github.com/actorgen/actorgen/generator/shape"
)

// speller writes types, and collects the packages that they are written with.
type speller struct {
	home string
	// packages maps import paths to the packages' own names.
	packages map[string]string
}

func newSpeller(p *model.Package, c *codecs) speller {
	s := speller{home: p.Path, packages: map[string]string{actorPath: "actor", contextPath: "context", timePath: "time"}}
	for _, a := range p.Actors {
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

// typ writes a type as the source does: by the alias where it uses one.
func (s *speller) typ(t types.Type) *jen.Statement {
	switch t := shape.Spelled(s.home, t).(type) {
	case *types.Alias:
		return s.typeName(t.Obj(), t.TypeArgs())
	case *types.Named:
		return s.typeName(t.Obj(), t.TypeArgs())
	case *types.Basic:
		return jen.Id(t.Name())
	case *types.Slice:
		return jen.Index().Add(s.typ(t.Elem()))
	case *types.Array:
		return jen.Index(jen.Id(strconv.FormatInt(t.Len(), 10))).Add(s.typ(t.Elem()))
	case *types.Map:
		return jen.Map(s.typ(t.Key())).Add(s.typ(t.Elem()))
	case *types.Pointer:
		return jen.Op("*").Add(s.typ(t.Elem()))
	case *types.Struct:
		return s.structType(t)
	}
	panic("emit: type " + t.String() + " was not refused") // package shape lets no others pass
}

func (s *speller) typeName(o *types.TypeName, args *types.TypeList) *jen.Statement {
	written := jen.Id(o.Name())
	if pkg := o.Pkg(); pkg != nil {
		if pkg.Path() != s.home {
			s.packages[pkg.Path()] = pkg.Name()
		}
		written = jen.Qual(pkg.Path(), o.Name())
	}
	if args.Len() == 0 {
		return written
	}
	return written.TypesFunc(func(g *jen.Group) {
		for arg := range args.Types() {
			g.Add(s.typ(arg))
		}
	})
}

// structType writes a struct type without a name. Its tags belong to it.
func (s *speller) structType(t *types.Struct) *jen.Statement {
	var fields []jen.Code
	for i := range t.NumFields() {
		f := t.Field(i)
		field := jen.Id(f.Name()).Add(s.typ(f.Type()))
		if f.Embedded() {
			field = s.typ(f.Type())
		}
		if tag := t.Tag(i); tag != "" {
			field.Id(quoteTag(tag))
		}
		fields = append(fields, field)
	}
	return jen.Struct(fields...)
}

func quoteTag(tag string) string {
	if strconv.CanBackquote(tag) {
		return "`" + tag + "`"
	}
	return strconv.Quote(tag)
}
