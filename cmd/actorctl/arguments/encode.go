package arguments

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/actorgen/actorgen/generator/lockfile"
	"github.com/actorgen/actorgen/runtime/actor"
)

// ValueError says what is wrong with an argument.
type ValueError struct {
	// Path leads to the value, as in "order.lines[2].cents".
	Path string
	Err  error
}

func (e *ValueError) Error() string { return fmt.Sprintf("argument %s: %v", e.Path, e.Err) }

// Unwrap returns the cause.
func (e *ValueError) Unwrap() error { return e.Err }

// Encode writes the arguments of an actor, which object holds as JSON, each
// parameter once. Fields of structs that are left out have their zero value. The
// error is a *ValueError, or says what is wrong with the object; e is of no use
// then. What only shows at the end, e reports to the Stub's Message.
func (s *Schema) Encode(e *actor.Encoder, a *lockfile.Actor, object json.RawMessage) error {
	if !json.Valid(object) || !utf8.Valid(object) {
		return errors.New("the arguments are not valid JSON")
	}
	w := writer{schema: s, e: e}
	given, err := members(object)
	if err == nil {
		err = known(given, a.Params, "parameter", a.Name)
	}
	if err != nil {
		return fmt.Errorf("the arguments: %w", err)
	}
	e.Map(len(a.Params))
	for i := range a.Params {
		p := &a.Params[i]
		raw, ok := given.get(p.Name)
		if !ok {
			return fmt.Errorf("argument %s is missing (type %s)", p.Name, p.Type)
		}
		e.Key(p.Name)
		w.at(p.Name, func() { w.value(p.Type, raw) })
	}
	e.End()
	return w.err
}

// writer writes JSON by its type with an encoder, until the first error.
type writer struct {
	schema *Schema
	e      *actor.Encoder
	path   string
	depth  int
	err    error
}

func (w *writer) fail(err error) {
	if w.err == nil && err != nil {
		w.err = &ValueError{w.path, err}
	}
}

// at does something one step further down.
func (w *writer) at(step string, do func()) {
	before := w.path
	if w.path != "" && !strings.HasPrefix(step, "[") {
		w.path += "."
	}
	w.path += step
	do()
	w.path = before
}

// value writes raw, which is valid JSON; nil stands for the zero value.
func (w *writer) value(t *lockfile.Type, raw json.RawMessage) {
	if w.depth++; w.depth > maxNesting {
		w.fail(errNesting)
	}
	defer func() { w.depth-- }()
	if t = w.schema.resolve(t); t == nil {
		w.fail(errUnknownType)
	}
	if w.err != nil {
		return
	}
	null := raw == nil || string(raw) == "null"
	switch {
	case t.Form == lockfile.Literal:
		w.record(t.Fields, raw)
	case t.Form == lockfile.Own && raw == nil:
		w.fail(fmt.Errorf("is missing (what the zero value of %s looks like, only its own code knows)", t))
	case isAny(t) && raw == nil:
		w.e.Nil()
	case isAny(t):
		w.fail(w.any(raw))
	case isBytes(t):
		w.bytes(t, raw)
	case null && (t.Form == lockfile.Slice || t.Form == lockfile.Map || t.Form == lockfile.Pointer):
		w.e.Nil()
	case t.Form == lockfile.Slice, t.Form == lockfile.Array:
		w.list(t, raw)
	case t.Form == lockfile.Map:
		w.mapping(t, raw)
	case t.Form == lockfile.Pointer:
		actor.EncodePointer(w.e, &raw, func(_ *actor.Encoder, raw json.RawMessage) { w.value(t.Elem, raw) })
	case t.Form == lockfile.Own && t.Encoding == "binary":
		b, err := parseBase64(raw)
		w.fail(err)
		w.e.Bytes(b)
	case t.Form == lockfile.Own:
		w.string(raw)
	default:
		w.basic(t.Name, raw)
	}
}

// record writes a struct: all its fields, but for those that are empty and may
// be left out.
func (w *writer) record(fields []lockfile.Field, raw json.RawMessage) {
	var given object
	if raw != nil {
		var err error
		if given, err = members(raw); err == nil {
			err = known(given, fields, "field", "")
		}
		if err != nil {
			w.fail(err)
			return
		}
	}
	var written []*lockfile.Field
	for i := range fields {
		f := &fields[i]
		raw, ok := given.get(f.Name)
		if !f.OmitEmpty || ok && !w.schema.isEmpty(f.Type, raw) {
			written = append(written, f)
		}
	}
	w.e.Map(len(written))
	for _, f := range written {
		raw, _ := given.get(f.Name)
		w.e.Key(f.Name)
		w.at(f.Name, func() { w.value(f.Type, raw) })
	}
	w.e.End()
}

// list writes a slice or an array.
func (w *writer) list(t *lockfile.Type, raw json.RawMessage) {
	elements := []json.RawMessage{}
	if raw != nil {
		if err := json.Unmarshal(raw, &elements); err != nil || string(raw) == "null" {
			w.fail(fmt.Errorf("%s is no list (type %s)", excerpt(string(raw)), t))
			return
		}
	} else if t.Len <= maxZeros {
		elements = make([]json.RawMessage, t.Len)
	}
	if t.Form == lockfile.Array && len(elements) != t.Len {
		w.fail(fmt.Errorf("has %d elements (type %s wants %d)", len(elements), t, t.Len))
		return
	}
	i := 0
	actor.EncodeSlice(w.e, elements, func(_ *actor.Encoder, raw json.RawMessage) {
		if w.err == nil {
			w.at("["+strconv.Itoa(i)+"]", func() { w.value(t.Elem, raw) })
		}
		i++
	})
}

// maxZeros bounds an array that is left out.
const maxZeros = 1 << 20

func (w *writer) bytes(t *lockfile.Type, raw json.RawMessage) {
	switch {
	case t.Form == lockfile.Slice && (raw == nil || string(raw) == "null"):
		w.e.Nil()
	case raw == nil && t.Len <= maxZeros:
		w.e.Bytes(make([]byte, t.Len))
	default:
		b, err := parseBase64(raw)
		if err == nil && t.Form == lockfile.Array && len(b) != t.Len {
			err = fmt.Errorf("has %d bytes (type %s wants %d)", len(b), t, t.Len)
		}
		w.fail(err)
		w.e.Bytes(b)
	}
}

func parseBase64(raw json.RawMessage) ([]byte, error) {
	text, err := parseString(raw)
	if err != nil {
		return nil, fmt.Errorf("%s is no bytes (want a text in base64)", excerpt(string(raw)))
	}
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("%s is not base64", excerpt(string(raw)))
	}
	return b, nil
}

func parseString(raw json.RawMessage) (text string, err error) {
	if len(raw) == 0 || raw[0] != '"' || json.Unmarshal(raw, &text) != nil {
		return "", fmt.Errorf("%s is no text (want it in double quotes)", excerpt(string(raw)))
	}
	return text, nil
}

func (w *writer) string(raw json.RawMessage) {
	text, err := parseString(raw)
	w.fail(err)
	w.e.String(text)
}

// zeros are the values that stand for what is left out.
var zeros = map[string]string{"bool": "false", "string": `""`, "time.Duration": `"0s"`, "time.Time": `"0001-01-01T00:00:00Z"`}

func (w *writer) basic(name string, raw json.RawMessage) {
	text := string(raw)
	if raw == nil {
		if text = zeros[name]; text == "" {
			text = "0"
		}
	}
	var err error
	switch {
	case name == "bool":
		if text != "true" && text != "false" {
			err = fmt.Errorf("%s is neither true nor false", excerpt(text))
		}
		w.e.Bool(text == "true")
	case signedBits[name] > 0:
		var n int64
		n, err = parseSigned(text, name)
		w.e.Int64(n)
	case unsignedBits[name] > 0:
		var n uint64
		n, err = parseUnsigned(text, name)
		w.e.Uint64(n)
	case floatBits[name] > 0:
		var v float64
		if v, err = parseFloat(text, name); name == "float32" {
			w.e.Float32(float32(v))
		} else {
			w.e.Float64(v)
		}
	case name == "string":
		w.string(json.RawMessage(text))
	case name == "time.Time":
		var at time.Time
		at, err = parseTime(text)
		w.e.Time(at)
	case name == "time.Duration":
		var d time.Duration
		d, err = parseDuration(text)
		w.e.Duration(d)
	default:
		err = errUnknownType
	}
	w.fail(err)
}

func parseTime(raw string) (time.Time, error) {
	text, err := parseString(json.RawMessage(raw))
	at, parseErr := time.Parse(time.RFC3339Nano, text)
	if err != nil || parseErr != nil {
		return time.Time{}, fmt.Errorf(`%s is no time (want one such as "2026-03-01T12:00:00Z")`, excerpt(raw))
	}
	return at, nil
}

func parseDuration(raw string) (time.Duration, error) {
	text, err := parseString(json.RawMessage(raw))
	d, parseErr := time.ParseDuration(text)
	if err != nil || parseErr != nil {
		return 0, fmt.Errorf(`%s is no duration (want one such as "1m30s")`, excerpt(raw))
	}
	return d, nil
}
