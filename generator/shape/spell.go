package shape

import (
	"go/types"
	"strings"
)

// CanImport applies the rule of internal packages: only what lies below the
// parent of the last "internal" element may import it. Those of the standard
// library have no parent that a module could lie below.
func CanImport(from, to string) bool {
	const element = "/internal/"
	i := strings.LastIndex("/"+to+"/", element)
	if i < 0 {
		return true
	}
	parent := strings.TrimSuffix(to[:i], "/")
	return parent != "" && (from == parent || strings.HasPrefix(from, parent+"/"))
}

// Spelled returns t as code in home can write it: an alias that is hidden from
// home is replaced by what it stands for.
func (home Home) Spelled(t types.Type) types.Type {
	for {
		alias, ok := t.(*types.Alias)
		if !ok || home.visible(alias.Obj()) {
			return t
		}
		t = alias.Rhs()
	}
}

// visible reports whether code in home can name a type.
func (home Home) visible(o *types.TypeName) bool {
	if o.Pkg() == nil || o.Pkg().Path() == home.Package {
		return true
	}
	return o.Exported() && o.Pkg().Path() != home.Importer && CanImport(home.Package, o.Pkg().Path())
}

// declared is an alias or a named type. A public alias makes up for a type that
// has no public name.
type declared interface {
	types.Type
	Obj() *types.TypeName
	TypeArgs() *types.TypeList
}

// nameable refuses t where generated code could not write it. The elements of
// t and the fields that are carried have their turn later.
func (w *walker) nameable(t types.Type, path string) bool {
	switch t := t.(type) {
	case declared:
		return w.named(t, path)
	case *types.Struct:
		return w.literal(t, path, skipped)
	}
	return true
}

// maxNesting ends generic types that contain ever larger instances of
// themselves, which the compiler refuses later.
const maxNesting = 16

// writable refuses t where generated code could not write it in full: what is
// no value, as a type argument, need not have a form.
func (w *walker) writable(t types.Type, path string) bool {
	if w.nesting == maxNesting {
		w.refuse(path, "", "type arguments nest deeper than %d levels", maxNesting)
		return false
	}
	w.nesting++
	defer func() { w.nesting-- }()
	switch t := w.Spelled(t).(type) {
	case declared:
		return w.named(t, path)
	case *types.Struct:
		return w.literal(t, path, func(string) bool { return true })
	case *types.Map:
		return w.writable(t.Key(), path) && w.writable(t.Elem(), path)
	case *types.Slice:
		return w.writable(t.Elem(), path)
	case *types.Array:
		return w.writable(t.Elem(), path)
	case *types.Pointer:
		return w.writable(t.Elem(), path)
	case *types.Basic:
		if t.Kind() != types.UnsafePointer {
			return true
		}
	}
	w.refuse(path, "declare a named type for it", "generated code does not write the type %s", w.show(t))
	return false
}

func (w *walker) named(t declared, path string) bool {
	if o := t.Obj(); !w.visible(o) {
		switch {
		case o.Pkg().Path() == w.Importer:
			w.refuse(path, leaf(t), "type %s lives in the annotated package, which its stubs in package %q cannot import", o.Name(), w.Package)
		case o.Exported():
			w.refuse(path, w.hint(t, ""), "type %s.%s is in package %q, which %q cannot import", o.Pkg().Name(), o.Name(), o.Pkg().Path(), w.Package)
		default:
			w.refuse(path, w.hint(t, ""), "type %s.%s is not exported by its package", o.Pkg().Name(), o.Name())
		}
		return false
	}
	for argument := range t.TypeArgs().Types() {
		if !w.writable(argument, path) {
			return false
		}
	}
	return true
}

// literal refuses a struct type without a name that another package alone can
// write, or with a field that cannot be written, of those whose tag is asked
// for.
func (w *walker) literal(s *types.Struct, path string, asked func(tag string) bool) bool {
	for i := range s.NumFields() {
		f := s.Field(i)
		if !f.Exported() && f.Pkg().Path() != w.Package {
			hint := "give the type a name"
			if f.Pkg().Path() == w.Importer {
				hint += " in a leaf package"
			}
			w.refuse(path, hint, "only package %q can write the type %s", f.Pkg().Path(), w.show(s))
			return false
		}
		if asked(s.Tag(i)) && !w.writable(f.Type(), path) {
			return false
		}
	}
	return true
}
