// Package shape decides how types travel: each has a shape, by which generated
// code writes and reads it, or is refused for a reason. Nobody else decides
// that: analysis gives refusals a position, and emission follows shapes.
package shape

import (
	"go/types"

	"golang.org/x/tools/go/types/typeutil"
)

// Form is the way in which a type travels.
type Form int

const (
	// Plain types have a method of Encoder and one of Decoder.
	Plain Form = iota
	// Slice is an array of msgpack, or nil.
	Slice
	// Array is an array of msgpack of a fixed length.
	Array
	// FixedBytes are bytes of a fixed length.
	FixedBytes
	// Map is a map of msgpack, or nil.
	Map
	// Pointer is what it points at, or nil.
	Pointer
	// Struct is a map of msgpack keyed by field.
	Struct
	// Own types marshal themselves.
	Own
)

// Shape is a type with the way it travels. Shapes of recursive types are
// cyclic.
type Shape struct {
	// Type is printed as the source writes it: aliases are kept.
	Type types.Type
	Form Form
	// Encode and Decode name the methods that carry a plain or an own form.
	Encode, Decode string
	// Convert is the type between a named basic type and its methods, or nil.
	Convert types.Type
	// Direct says that the methods take and return the type itself, so that
	// they can stand where a function for it is asked for.
	Direct bool
	// ByPointer says that only a pointer has the writing method of an own form.
	ByPointer bool
	// HasIsZero says that values tell themselves whether they are empty.
	HasIsZero bool
	// Key is set for maps, Elem for everything that has elements.
	Key, Elem *Shape
	// Fields are those of a struct, in the order of the source.
	Fields []Field
}

// Home is where generated code stands.
type Home struct {
	// Package is the import path of the generated file.
	Package string
	// Module is the path of the module whose types the user can change.
	Module string
	// Importer is the import path of the annotated package where that is another
	// one, which imports the generated file, so that the file can name none of
	// its types. Empty for none.
	Importer string
}

// Of returns the shape of t for generated code in home, or what keeps messages
// from carrying its values to a handler and back.
func (home Home) Of(t types.Type) (*Shape, []Refusal) {
	w := walker{Home: home}
	return w.of(t, ""), w.refusals
}

// walker follows a type to its leaves.
type walker struct {
	Home
	seen     typeutil.Map // types.Type → *Shape
	nesting  int          // of the type argument that is looked at
	refusals []Refusal
}

// of returns the shape of t. The path names the fields on the way to it.
func (w *walker) of(t types.Type, path string) *Shape {
	s := &Shape{Type: w.Spelled(t)}
	if !w.nameable(s.Type, path) {
		return s
	}
	if known := w.seen.At(s.Type); known != nil {
		return known.(*Shape) // a recursive type, or one that two fields share
	}
	w.seen.Set(s.Type, s)
	if named, ok := types.Unalias(s.Type).(*types.Named); ok {
		s.HasIsZero = hasIsZero(named)
		if method, ok := wellKnown[types.TypeString(named, nil)]; ok {
			s.plain(method)
			s.Direct = true
			return s
		}
		if w.own(s, named, path) {
			return s
		}
	}
	w.underlying(s, path)
	return s
}

// wellKnown are the types that package actor carries by name.
var wellKnown = map[string]string{
	"time.Time":                 "Time",
	"time.Duration":             "Duration",
	msgpackPath + ".RawMessage": "Raw",
}

// underlying decides the form of types that nothing is known of by name.
func (w *walker) underlying(s *Shape, path string) {
	_, named := types.Unalias(s.Type).(*types.Named)
	switch u := s.Type.Underlying().(type) {
	case *types.Basic:
		w.basic(s, u, named, path)
	case *types.Slice:
		if isByte(u.Elem()) {
			s.plain("Bytes")
			s.Direct = !named
			return
		}
		s.Form, s.Elem = Slice, w.of(u.Elem(), path)
	case *types.Array:
		if isByte(u.Elem()) {
			s.Form = FixedBytes
			return
		}
		s.Form, s.Elem = Array, w.of(u.Elem(), path)
	case *types.Map:
		s.Form, s.Key, s.Elem = Map, w.key(u.Key(), path), w.of(u.Elem(), path)
	case *types.Pointer:
		if pointsAtItself(u) {
			w.refuse(path, "", "%s points to nothing but itself", w.show(s.Type))
			return
		}
		s.Form, s.Elem = Pointer, w.of(u.Elem(), path)
	case *types.Struct:
		w.structure(s, u, path)
	case *types.Interface:
		w.refuse(path, "use a concrete type, or msgpack.RawMessage", "interface %s cannot be carried: the receiver could not tell what is in it", w.show(s.Type))
	case *types.Chan:
		w.refuse(path, "", "channel %s cannot be carried", w.show(s.Type))
	case *types.Signature:
		w.refuse(path, "", "function %s cannot be carried", w.show(s.Type))
	default:
		w.refuse(path, "", "%s cannot be carried", w.show(s.Type))
	}
}

// plain says that Encoder and Decoder have a method of this name.
func (s *Shape) plain(method string) { s.Form, s.Encode, s.Decode = Plain, method, method }

// maxPointers ends pointers to ever larger instances of a generic type, which the
// compiler refuses later, as in "type P[T any] *P[[]T]".
const maxPointers = 100

// pointsAtItself reports whether following pointers never ends, as in
// "type P *P": such a type has no bytes.
func pointsAtItself(p *types.Pointer) bool {
	seen := make(map[*types.Pointer]bool)
	for ok := true; ok; p, ok = p.Elem().Underlying().(*types.Pointer) {
		if seen[p] || len(seen) == maxPointers {
			return true
		}
		seen[p] = true
	}
	return false
}
