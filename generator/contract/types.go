package contract

import (
	"go/types"
	"strings"

	"github.com/actorgen/actorgen/generator/lockfile"
	"github.com/actorgen/actorgen/generator/shape"
)

// byteType is the element of what travels as bytes.
var byteType = &lockfile.Type{Name: "byte"}

// typ returns a shape as it looks on the wire.
func (w *writer) typ(s *shape.Shape) *lockfile.Type {
	if n := w.named[exactName(s)]; n != nil {
		return &lockfile.Type{Form: lockfile.Named, Name: n.label}
	}
	return w.composite(s)
}

// composite is typ of a type that has no label.
func (w *writer) composite(s *shape.Shape) *lockfile.Type {
	switch s.Form {
	case shape.Slice:
		return &lockfile.Type{Form: lockfile.Slice, Elem: w.typ(s.Elem)}
	case shape.Array:
		return &lockfile.Type{Form: lockfile.Array, Len: length(s), Elem: w.typ(s.Elem)}
	case shape.FixedBytes:
		return &lockfile.Type{Form: lockfile.Array, Len: length(s), Elem: byteType}
	case shape.Map:
		return &lockfile.Type{Form: lockfile.Map, Key: w.typ(s.Key), Elem: w.typ(s.Elem)}
	case shape.Pointer:
		return &lockfile.Type{Form: lockfile.Pointer, Elem: w.typ(s.Elem)}
	case shape.Struct:
		return &lockfile.Type{Form: lockfile.Literal, Fields: w.fields(s)}
	case shape.Own:
		return &lockfile.Type{Form: lockfile.Own, Encoding: encoding(s), Name: long.of(s.Type)}
	}
	return plain(s)
}

func (w *writer) fields(s *shape.Shape) []lockfile.Field {
	var fields []lockfile.Field
	for _, f := range s.Fields {
		fields = append(fields, lockfile.Field{Pos: w.position(f.Pos), Name: f.Key, Type: w.typ(f.Shape), OmitEmpty: f.OmitEmpty})
	}
	return fields
}

func length(s *shape.Shape) int { return int(s.Type.Underlying().(*types.Array).Len()) }

// plain names a type by the method that reads it, which says what is on the wire
// whatever the type is called.
func plain(s *shape.Shape) *lockfile.Type {
	switch s.Decode {
	case "Bytes":
		return &lockfile.Type{Form: lockfile.Slice, Elem: byteType}
	case "Time", "Duration":
		return &lockfile.Type{Name: "time." + s.Decode}
	case "Raw":
		return &lockfile.Type{Name: "msgpack.RawMessage"}
	}
	return &lockfile.Type{Name: strings.ToLower(s.Decode)}
}

func encoding(s *shape.Shape) string {
	switch s.Decode {
	case "Binary":
		return "binary"
	case "Text":
		return "text"
	}
	return "msgpack"
}
