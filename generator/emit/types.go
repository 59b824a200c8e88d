package emit

import (
	"go/types"
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/actorgen/actorgen/generator/load"
)

// spelled returns t as a file of package home can write it: an alias that is
// hidden from home is replaced by what it stands for.
func spelled(home string, t types.Type) types.Type {
	for {
		alias, ok := t.(*types.Alias)
		if !ok {
			return t
		}
		o := alias.Obj()
		if o.Pkg() == nil || o.Pkg().Path() == home || o.Exported() && load.CanImport(home, o.Pkg().Path()) {
			return t
		}
		t = alias.Rhs()
	}
}

// typ writes a type as the source does: by the alias where it uses one.
func (n *names) typ(t types.Type) *jen.Statement {
	switch t := spelled(n.home, t).(type) {
	case *types.Alias:
		return n.typeName(t.Obj(), t.TypeArgs())
	case *types.Named:
		return n.typeName(t.Obj(), t.TypeArgs())
	case *types.Basic:
		return jen.Id(t.Name())
	case *types.Slice:
		return jen.Index().Add(n.typ(t.Elem()))
	case *types.Array:
		return jen.Index(jen.Id(strconv.FormatInt(t.Len(), 10))).Add(n.typ(t.Elem()))
	case *types.Map:
		return jen.Map(n.typ(t.Key())).Add(n.typ(t.Elem()))
	case *types.Pointer:
		return jen.Op("*").Add(n.typ(t.Elem()))
	case *types.Struct:
		return n.structType(t)
	}
	panic("emit: type " + t.String() + " was not refused") // names knows no others
}

func (n *names) typeName(o *types.TypeName, args *types.TypeList) *jen.Statement {
	s := jen.Id(o.Name())
	if o.Pkg() != nil {
		s = jen.Qual(o.Pkg().Path(), o.Name())
	}
	if args.Len() == 0 {
		return s
	}
	return s.TypesFunc(func(g *jen.Group) {
		for arg := range args.Types() {
			g.Add(n.typ(arg))
		}
	})
}

// structType writes a struct type without a name. Its tags belong to it.
func (n *names) structType(t *types.Struct) *jen.Statement {
	var fields []jen.Code
	for i := range t.NumFields() {
		f := t.Field(i)
		field := jen.Id(f.Name()).Add(n.typ(f.Type()))
		if f.Embedded() {
			field = n.typ(f.Type())
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
