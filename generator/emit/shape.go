package emit

import (
	"fmt"
	"go/types"
)

// form is the way in which a type travels.
type form int

const (
	plain      form = iota // one method of Encoder and one of Decoder
	slice                  // array of msgpack, or nil
	array                  // array of msgpack of a fixed length
	fixedBytes             // bytes of a fixed length
	mapping                // map of msgpack, or nil
	pointer                // what it points at, or nil
	record                 // struct: map of msgpack keyed by field
	own                    // by its own marshalling
)

// shape is a type with the way it travels.
type shape struct {
	typ  types.Type
	form form
	// encodeMethod and decodeMethod name the methods that carry a plain or an
	// own form.
	encodeMethod, decodeMethod string
	// convert is the type between a named basic type and its methods, or nil.
	convert types.Type
	// direct says that the methods take and return the type itself, so that
	// they can stand where a function for it is asked for.
	direct bool
	// byPointer says that the method that writes an own form needs a pointer.
	byPointer bool
	elem, key types.Type
	fields    []field
}

const msgpackPath = "github.com/vmihailenco/msgpack/v5"

// wellKnown are the named types that package actor carries by name.
var wellKnown = map[string]string{
	"time.Time":                 "Time",
	"time.Duration":             "Duration",
	msgpackPath + ".RawMessage": "Raw",
}

var basicMethods = map[types.BasicKind]string{
	types.Bool:    "Bool",
	types.Int:     "Int",
	types.Int8:    "Int8",
	types.Int16:   "Int16",
	types.Int32:   "Int32",
	types.Int64:   "Int64",
	types.Uint:    "Uint",
	types.Uint8:   "Uint8",
	types.Uint16:  "Uint16",
	types.Uint32:  "Uint32",
	types.Uint64:  "Uint64",
	types.Float32: "Float32",
	types.Float64: "Float64",
	types.String:  "String",
}

// shapeOf decides how t travels. It looks no deeper than one level.
func shapeOf(t types.Type) (shape, error) {
	s := shape{typ: t}
	named, isNamed := types.Unalias(t).(*types.Named)
	if isNamed {
		if method, ok := wellKnown[qualifiedName(named)]; ok {
			s.carriedBy(method)
			s.direct = true
			return s, nil
		}
		if m, ok := ownMarshalling(named); ok {
			s.form, s.encodeMethod, s.decodeMethod, s.byPointer = own, m.encode, m.decode, m.byPointer
			return s, nil
		}
	}

	switch u := t.Underlying().(type) {
	case *types.Basic:
		method, ok := basicMethods[u.Kind()]
		if !ok {
			return s, cannotCarry(t)
		}
		s.carriedBy(method)
		s.direct = !isNamed
		if isNamed {
			s.convert = u
		}
	case *types.Slice:
		if isByte(u.Elem()) {
			s.carriedBy("Bytes")
			s.direct = !isNamed
			return s, nil
		}
		s.form, s.elem = slice, u.Elem()
	case *types.Array:
		if isByte(u.Elem()) {
			s.form = fixedBytes
			return s, nil
		}
		s.form, s.elem = array, u.Elem()
	case *types.Map:
		if k, ok := u.Key().Underlying().(*types.Basic); !ok || k.Info()&(types.IsInteger|types.IsString) == 0 {
			return s, cannotCarry(t)
		}
		s.form, s.key, s.elem = mapping, u.Key(), u.Elem()
	case *types.Pointer:
		if pointsAtItself(t) {
			return s, cannotCarry(t)
		}
		s.form, s.elem = pointer, u.Elem()
	case *types.Struct:
		fields, err := fieldsOf(t)
		if err != nil {
			return s, err
		}
		s.form, s.fields = record, fields
	default:
		return s, cannotCarry(t)
	}
	return s, nil
}

// carriedBy makes s plain: Encoder and Decoder have a method of this name.
func (s *shape) carriedBy(method string) {
	s.form, s.encodeMethod, s.decodeMethod = plain, method, method
}

func cannotCarry(t types.Type) error { return fmt.Errorf("type %s cannot be carried", t) }

func qualifiedName(n *types.Named) string {
	if n.Obj().Pkg() == nil {
		return n.Obj().Name()
	}
	return n.Obj().Pkg().Path() + "." + n.Obj().Name()
}

// isByte reports whether a slice of t is a []byte to the language. A named
// byte type is not: it may have marshalling of its own.
func isByte(t types.Type) bool {
	b, ok := types.Unalias(t).(*types.Basic)
	return ok && b.Kind() == types.Uint8
}

// pointsAtItself reports whether following t's pointers never ends, as in
// "type P *P": such a type has no bytes.
func pointsAtItself(t types.Type) bool {
	seen := make(map[types.Type]bool)
	for {
		p, ok := t.Underlying().(*types.Pointer)
		if !ok {
			return false
		}
		if t = types.Unalias(p.Elem()); seen[t] {
			return true
		}
		seen[t] = true
	}
}
