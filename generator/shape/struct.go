package shape

import (
	"go/token"
	"go/types"
)

// Field is a field of a struct as it travels.
type Field struct {
	// Key is its name on the wire, Name the one in the struct.
	Key, Name string
	// Pos is where it is declared, as far as that is known of other packages.
	Pos token.Pos
	*Shape
	// OmitEmpty leaves it out when it is empty, which its type can be.
	OmitEmpty bool
}

// structure collects the fields of a struct. A field is called by its msgpack
// tag, else by its Go name; "-" skips it. That goes for embedded types too:
// their fields travel in a map of their own, under the name of the type.
func (w *walker) structure(s *Shape, u *types.Struct, path string) {
	s.Form = Struct
	before := len(w.refusals)
	switch {
	case isLock(s.Type):
		w.refuse(path, lockHint, "%s is a lock, which must not be copied", w.show(s.Type))
	case w.foreign(s.Type) && holdsLock(s.Type): // where, is hardly the reader's concern
		w.refuse(path, lockHint, "%s holds a lock, which must not be copied", w.show(s.Type))
	default:
		w.fields(s, u, path)
	}
	if len(w.refusals) == before {
		return
	}
	switch { // one reason is enough not to use what cannot be changed
	case w.foreign(s.Type):
		w.refusals = w.refusals[:before+1]
		w.refusals[before].Hint = convert
	case isBorrowed(s.Type, u):
		w.refusals = w.refusals[:before+1]
		w.refusals[before].Hint = "use the type it is defined by: its methods do not come along"
	}
}

// isBorrowed reports whether a type has been defined by a struct type of another
// package, as in "type Stamp time.Time": its fields are not its own.
func isBorrowed(t types.Type, u *types.Struct) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && u.NumFields() > 0 && named.Obj().Pkg() != nil && u.Field(0).Pkg().Path() != named.Obj().Pkg().Path()
}

func (w *walker) fields(s *Shape, u *types.Struct, path string) {
	if named, ok := types.Unalias(s.Type).(*types.Named); ok && path == "" {
		path = named.Obj().Name()
	}
	keys := make(map[string]string)
	for i := range u.NumFields() {
		field, tag := u.Field(i), parseTag(u.Tag(i))
		name := path + "." + field.Name()
		if tag.key == "-" {
			if holdsLock(field.Type()) {
				w.refuse(name, lockHint, "%s is a lock, which must not be copied", w.show(field.Type()))
			}
			continue
		}
		if !w.legal(field, tag, name) {
			continue
		}
		key := tag.key
		if key == "" {
			key = field.Name()
		}
		if other, ok := keys[key]; ok {
			w.refuse(name, "change a msgpack tag", "key %q is also that of field %s", key, other)
			continue
		}
		keys[key] = field.Name()
		elem := w.of(field.Type(), name)
		s.Fields = append(s.Fields, Field{key, field.Name(), field.Pos(), elem, tag.omitEmpty && elem.canBeEmpty()})
	}
}

// legal refuses a field for its name or its tag.
func (w *walker) legal(field *types.Var, tag tag, name string) bool {
	switch {
	case tag.malformed:
		w.refuse(name, "write `msgpack:\"name\"`", "malformed tag")
	case field.Name() == "_msgpack":
		w.refuse(name, "set omitempty on each field; there are no other options", "options for all fields have no effect")
	case tag.unknown != nil:
		w.refuse(name, "the only option is omitempty", "option %q of the msgpack tag is not supported", tag.unknown[0])
	case !field.Exported():
		w.refuse(name, "tag it `msgpack:\"-\"` to leave it out, or export it", "unexported field cannot be carried")
	default:
		return true
	}
	return false
}

// canBeEmpty reports whether omitempty ever leaves out a value. What is empty
// is what msgpack/v5 takes for it, but that a struct is empty only by an
// IsZero of its own, and a pointer only when nil.
func (s *Shape) canBeEmpty() bool {
	if s.HasIsZero {
		return true
	}
	switch s.Type.Underlying().(type) {
	case *types.Basic, *types.Slice, *types.Map, *types.Pointer:
		return true
	}
	return false
}
