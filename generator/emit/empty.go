package emit

import (
	"go/types"

	"github.com/actorgen/actorgen/generator/code"
	"github.com/actorgen/actorgen/generator/shape"
)

// isEmpty returns the condition under which omitempty leaves out v.
func isEmpty(s *shape.Shape, v *code.Statement) code.Code {
	if s.HasIsZero {
		return v.Dot("IsZero").Call()
	}
	if isBool(s.Type) {
		return code.Op("!").Add(v)
	}
	return compareEmpty(s.Type, v, "==")
}

// isFilled returns the opposite of isEmpty.
func isFilled(s *shape.Shape, v *code.Statement) code.Code {
	if s.HasIsZero {
		return code.Op("!").Add(v.Dot("IsZero").Call())
	}
	if isBool(s.Type) {
		return v
	}
	return compareEmpty(s.Type, v, "!=")
}

func compareEmpty(t types.Type, v *code.Statement, operator string) code.Code {
	switch u := t.Underlying().(type) {
	case *types.Slice, *types.Map:
		return code.Len(v).Op(operator).Lit(0)
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
