package emit

import (
	"go/types"

	"github.com/dave/jennifer/jen"
)

// What omitempty leaves out is what msgpack/v5 takes for empty, but that a
// struct is empty only by an IsZero of its own, and a pointer only when nil.

// canBeEmpty reports whether omitempty ever leaves out a t.
func canBeEmpty(t types.Type) bool {
	if hasIsZero(t) {
		return true
	}
	switch t.Underlying().(type) {
	case *types.Basic, *types.Slice, *types.Map, *types.Pointer:
		return true
	}
	return false
}

// isEmpty returns the condition under which omitempty leaves out v.
func isEmpty(t types.Type, v *jen.Statement) jen.Code {
	if hasIsZero(t) {
		return v.Dot("IsZero").Call()
	}
	if isBool(t) {
		return jen.Op("!").Add(v)
	}
	return compareEmpty(t, v, "==")
}

// isFilled returns the opposite of isEmpty.
func isFilled(t types.Type, v *jen.Statement) jen.Code {
	if hasIsZero(t) {
		return jen.Op("!").Add(v.Dot("IsZero").Call())
	}
	if isBool(t) {
		return v
	}
	return compareEmpty(t, v, "!=")
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

// hasIsZero reports whether values of t say themselves whether they are empty.
func hasIsZero(t types.Type) bool {
	if _, isPointer := t.Underlying().(*types.Pointer); isPointer {
		return false // nil is what counts, and has no method to ask
	}
	m := types.NewMethodSet(t).Lookup(nil, "IsZero")
	return m != nil && signatureText(m.Obj().(*types.Func).Signature()) == "func() bool"
}
