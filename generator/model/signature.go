package model

import "go/types"

// Constructs reads a signature as that of a constructor, which takes a context or
// nothing, and returns a value of a named type, or a pointer to one, alone or with
// an error.
func Constructs(signature *types.Signature) (made *types.Named, form Constructor, ok bool) {
	params, results := signature.Params(), signature.Results()
	form.Context = params.Len() == 1 && IsContext(params.At(0).Type())
	form.Err = results.Len() == 2 && IsError(results.At(1).Type())
	if params.Len() > 0 && !form.Context || results.Len() != 1 && !form.Err || signature.TypeParams().Len() > 0 {
		return nil, form, false
	}
	form.Pointer = IsPointer(results.At(0).Type())
	made = Named(results.At(0).Type())
	return made, form, made != nil && !IsError(made)
}

// IsContext reports whether t is context.Context.
func IsContext(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Name() == "Context" && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "context"
}

// IsError reports whether t is error.
func IsError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }

// IsPointer reports whether t, or what an alias stands for, is a pointer.
func IsPointer(t types.Type) bool {
	_, pointer := types.Unalias(t).(*types.Pointer)
	return pointer
}

// Named returns the named type that t is or points to, or nil.
func Named(t types.Type) *types.Named {
	if pointer, ok := types.Unalias(t).(*types.Pointer); ok {
		t = pointer.Elem()
	}
	named, _ := types.Unalias(t).(*types.Named)
	return named
}
