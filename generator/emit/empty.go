package emit

import (
	"go/types"

	"github.com/dave/jennifer/jen"

	"github.com/actorgen/actorgen/generator/shape"
)

// isEmpty returns the condition under which omitempty leaves out v.
func isEmpty(s *shape.Shape, v *jen.Statement) jen.Code {
	if s.HasIsZero {
		return v.Dot("IsZero").Call()
	}
	if isBool(s.Type) {
		return jen.Op("!").Add(v)
	}
	return compareEmpty(s.Type, v, "==")
}

// isFilled returns the opposite of isEmpty.
func isFilled(s *shape.Shape, v *jen.Statement) jen.Code {
	if s.HasIsZero {
		return jen.Op("!").Add(v.Dot("IsZero").Call())
	}
	if isBool(s.Type) {
		return v
	}
	return compareEmpty(s.Type, v, "!=")
}

func compareEmpty(t types.Type, v *jen.Statement, operator string) jen.Code {
	switch u := t.Underlying().(type) {
	case *types.Slice, *types.Map:
		return jen.Len(v).Op(operator).Lit(0)
	case *types.Pointer:
		return v.Op(operator).Nil()
	case *types.Basic:
		if u.Info()&types.IsString != 0 {
			return v.Op(operator).Lit("")
		}
	}
	return v.Op(operator).Lit(0)
}

func isBool(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsBoolean != 0
}
