package lockfile

import (
	"fmt"
	"slices"
	"strings"
)

// Form is how a type is put together.
type Form int

// The forms.
const (
	// Basic types are the Basics, and "byte" as the element of a slice or an
	// array that travels as bytes.
	Basic Form = iota
	// Slice and Pointer have an Elem, Array has a Len as well, Map a Key.
	Slice
	Array
	Map
	Pointer
	// Named is a struct, or a type that contains itself, which has lines of its
	// own.
	Named
	// Literal is a struct without a name.
	Literal
	// Own types marshal themselves.
	Own
)

// Basics are the names of the basic types.
var Basics = []string{
	"bool", "float32", "float64", "int", "int16", "int32", "int64", "int8", "msgpack.RawMessage", "string",
	"time.Duration", "time.Time", "uint", "uint16", "uint32", "uint64", "uint8",
}

// Encodings are the ways in which own types travel: as any value of msgpack, as
// bytes, or as a string.
var Encodings = []string{"binary", "msgpack", "text"}

// Type is how the values of a Go type look on the wire.
type Type struct {
	Form Form
	// Name is a basic type, the label of a named one, or the import path and name
	// of an own type.
	Name string
	// Encoding is one of Encodings, for an own type.
	Encoding string
	// Len is that of an array.
	Len       int
	Key, Elem *Type
	// Fields are those of a literal.
	Fields []Field
}

// String returns the type as the file writes it.
func (t *Type) String() string {
	switch t.Form {
	case Slice:
		return "[]" + t.Elem.String()
	case Array:
		return fmt.Sprintf("[%d]%s", t.Len, t.Elem)
	case Map:
		return fmt.Sprintf("map[%s]%s", t.Key, t.Elem)
	case Pointer:
		return "*" + t.Elem.String()
	case Literal:
		fields := make([]string, len(t.Fields))
		for i := range t.Fields {
			fields[i] = t.Fields[i].String()
		}
		return "struct{" + strings.Join(fields, "; ") + "}"
	case Own:
		return t.Encoding + "(" + t.Name + ")"
	}
	return t.Name
}

// String returns name, type and option as the file writes them.
func (f *Field) String() string {
	text := word(f.Name) + " " + f.Type.String()
	if f.OmitEmpty {
		text += " " + omitEmpty
	}
	return text
}

// omitEmpty is what follows the type of a field that senders may leave out.
const omitEmpty = "omitempty"

func isBasic(name string) bool { return slices.Contains(Basics, name) }
