package arguments

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"time"

	"github.com/actorgen/actorgen/generator/lockfile"
	"github.com/actorgen/actorgen/runtime/actor"
)

// Decode returns the arguments of a message as a JSON object, its keys as they
// stand in the message; keys that the lock does not have are left out. The body
// may hold anything. The error is the *actor.DecodeError with which a worker
// refuses the message, or says that the lock does not describe the type. Text
// that is not UTF-8 is shown with U+FFFD in its place.
func (s *Schema) Decode(a *lockfile.Actor, body []byte) (json.RawMessage, error) {
	r := reader{schema: s, d: actor.NewStub(&actor.Definition{Name: a.Name}).Decoder(actor.Message{Actor: a.Name, Body: body}), size: len(body)}
	r.record(a.Params)
	if err := r.d.Err(); err != nil {
		return nil, err
	}
	return r.out, r.err
}

// reader writes what its decoder reads as JSON. After an error of either, what it
// writes means nothing.
type reader struct {
	schema *Schema
	d      *actor.Decoder
	size   int // of the body
	out    []byte
	depth  int
	err    error
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *reader) text(s string) { r.out = append(r.out, s...) }

// unit stands for a value that was written as it was read, and takes no memory.
type unit = struct{}

// element returns the function that reads values of a type.
func (r *reader) element(t *lockfile.Type) func(*actor.Decoder) unit {
	return func(*actor.Decoder) unit {
		r.value(t)
		return unit{}
	}
}

// listed is element for what stands in a list behind others.
func (r *reader) listed(t *lockfile.Type) func(*actor.Decoder) unit {
	first := true
	return func(*actor.Decoder) unit {
		if !first {
			r.text(",")
		}
		first = false
		r.value(t)
		return unit{}
	}
}

func (r *reader) value(t *lockfile.Type) {
	if r.depth++; r.depth > maxNesting {
		r.fail(errNesting)
	}
	defer func() { r.depth-- }()
	if t = r.schema.resolve(t); t == nil {
		r.fail(errUnknownType)
	}
	if r.err != nil || r.d.Err() != nil {
		return
	}
	switch {
	case t.Form == lockfile.Literal:
		r.record(t.Fields)
	case isAny(t):
		r.any()
	case isBytes(t):
		r.bytes(t)
	case t.Form == lockfile.Slice:
		r.slice(t)
	case t.Form == lockfile.Array:
		r.text("[")
		actor.DecodeArray(r.d, make([]unit, t.Len), r.listed(t.Elem))
		r.text("]")
	case t.Form == lockfile.Map:
		r.mapping(t)
	case t.Form == lockfile.Pointer:
		if actor.DecodePointer(r.d, r.element(t.Elem)) == nil {
			r.text("null")
		}
	case t.Form == lockfile.Own && t.Encoding == "binary":
		r.base64(r.d.Bytes())
	case t.Form == lockfile.Own:
		r.string(r.d.String())
	default:
		r.basic(t.Name)
	}
}

// record reads the parameters of an actor, or the fields of a struct.
func (r *reader) record(fields []lockfile.Field) {
	names, types := make([]string, len(fields)), make(map[string]*lockfile.Type, len(fields))
	var optional []string
	for i := range fields {
		f := &fields[i]
		names[i], types[f.Name] = f.Name, f.Type
		if f.OmitEmpty {
			optional = append(optional, f.Name)
		}
	}
	r.text("{")
	first := true
	for name := range r.d.FieldsOptional(optional, names...) {
		if !first {
			r.text(",")
		}
		first = false
		r.string(name)
		r.text(":")
		r.value(types[name])
		if r.err != nil {
			return
		}
	}
	r.text("}")
}

func (r *reader) slice(t *lockfile.Type) {
	start := len(r.out)
	r.text("[")
	if actor.DecodeSlice(r.d, r.listed(t.Elem)) == nil {
		r.out = append(r.out[:start], "null"...)
		return
	}
	r.text("]")
}

func (r *reader) bytes(t *lockfile.Type) {
	if t.Form == lockfile.Slice {
		r.base64(r.d.Bytes())
		return
	}
	fixed := make([]byte, min(t.Len, r.size)) // the message holds no more
	r.d.FixedBytes(fixed)
	r.base64(fixed)
}

// mapping reads a map; the keys of JSON are texts.
func (r *reader) mapping(t *lockfile.Type) {
	key := r.schema.resolve(t.Key)
	start, first := len(r.out), true
	lead := func(text string) {
		if !first {
			r.text(",")
		}
		first = false
		r.string(text)
		r.text(":")
	}
	r.text("{")
	var found bool
	switch kind := keyKind(key); kind {
	case textKeys:
		found = actor.DecodeMap(r.d, func(d *actor.Decoder) string {
			k := d.String()
			lead(k)
			return k
		}, r.element(t.Elem)) != nil
	case unsignedKeys:
		found = actor.DecodeMap(r.d, func(d *actor.Decoder) uint64 {
			k := decodeUnsigned(d, key.Name)
			lead(strconv.FormatUint(k, 10))
			return k
		}, r.element(t.Elem)) != nil
	case signedKeys, durationKeys:
		found = actor.DecodeMap(r.d, func(d *actor.Decoder) int64 {
			k := decodeSigned(d, key.Name)
			if kind == durationKeys {
				lead(time.Duration(k).String())
			} else {
				lead(strconv.FormatInt(k, 10))
			}
			return k
		}, r.element(t.Elem)) != nil
	default:
		r.fail(errKeys)
		return
	}
	if !found {
		r.out = append(r.out[:start], "null"...)
		return
	}
	r.text("}")
}

func (r *reader) basic(name string) {
	switch {
	case name == "bool":
		r.out = strconv.AppendBool(r.out, r.d.Bool())
	case signedBits[name] > 0:
		r.out = strconv.AppendInt(r.out, decodeSigned(r.d, name), 10)
	case unsignedBits[name] > 0:
		r.out = strconv.AppendUint(r.out, decodeUnsigned(r.d, name), 10)
	case name == "float32":
		r.out = appendFloat(r.out, float64(r.d.Float32()), 32)
	case name == "float64":
		r.out = appendFloat(r.out, r.d.Float64(), 64)
	case name == "string":
		r.string(r.d.String())
	case name == "time.Time":
		r.string(r.d.Time().Format(time.RFC3339Nano))
	case name == "time.Duration":
		r.string(r.d.Duration().String())
	default:
		r.fail(errUnknownType)
	}
}

func decodeSigned(d *actor.Decoder, name string) int64 {
	switch name {
	case "int8":
		return int64(d.Int8())
	case "int16":
		return int64(d.Int16())
	case "int32":
		return int64(d.Int32())
	}
	return d.Int64()
}

func decodeUnsigned(d *actor.Decoder, name string) uint64 {
	switch name {
	case "uint8":
		return uint64(d.Uint8())
	case "uint16":
		return uint64(d.Uint16())
	case "uint32":
		return uint64(d.Uint32())
	}
	return d.Uint64()
}

func (r *reader) base64(b []byte) {
	if b == nil {
		r.text("null")
		return
	}
	r.string(base64.StdEncoding.EncodeToString(b))
}

func (r *reader) string(s string) { r.out = appendString(r.out, s) }

// appendString quotes for people: < and > stay what they are.
func appendString(out []byte, s string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // of a string it cannot fail
	return append(out, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
}
