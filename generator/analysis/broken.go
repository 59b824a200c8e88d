package analysis

import (
	"errors"
	"go/ast"
	"go/scanner"
	"go/types"
)

// understands reports whether the signature of a function stands in front of the
// first syntax error of its file: what comes behind it may have been misread.
func (a *Analysis) understands(p *pkg, fn *ast.FuncDecl) bool {
	end := a.position(fn.Type.End())
	for _, file := range p.Files {
		if file.Err == nil || file.Path != end.Filename {
			continue
		}
		err := (*scanner.Error)(nil)
		return errors.As(file.Err, &err) && end.Offset < err.Pos.Offset
	}
	return true
}

// isPartlyRead reports whether a type, or a part of it, is declared in a package
// that does not parse, so that fields and methods of it may be missing.
func (a *Analysis) isPartlyRead(t types.Type) bool {
	seen := make(map[types.Type]bool)
	var of func(types.Type) bool
	of = func(t types.Type) bool {
		if t = types.Unalias(t); seen[t] {
			return false
		}
		seen[t] = true
		switch t := t.(type) {
		case *types.Named:
			for argument := range t.TypeArgs().Types() {
				if of(argument) {
					return true
				}
			}
			return a.isBroken(t.Obj().Pkg()) || of(t.Underlying())
		case *types.Struct:
			for field := range t.Fields() {
				if of(field.Type()) {
					return true
				}
			}
		case *types.Map:
			return of(t.Key()) || of(t.Elem())
		case interface{ Elem() types.Type }: // slices, arrays, pointers, channels
			return of(t.Elem())
		}
		return false
	}
	return of(t)
}

// isBroken reports whether files of a package of this module do not parse.
func (a *Analysis) isBroken(p *types.Package) bool {
	if p == nil {
		return false
	}
	found := a.module.Find(p.Path())
	return found != nil && !found.IsWhole()
}
