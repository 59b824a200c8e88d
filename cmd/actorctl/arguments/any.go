package arguments

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/vmihailenco/msgpack/v5"
	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/actorgen/actorgen/runtime/actor"
)

// exact is the key of an object that holds a value of msgpack in hex.
const exact = "$msgpack"

// any reads any value. It is shown as JSON where that gives the same bytes when
// it is written again, else in hex.
func (r *reader) any() {
	raw := r.d.Raw()
	if r.d.Err() != nil {
		return
	}
	if raw == nil {
		r.text("null")
		return
	}
	if text, err := plain(raw); err == nil {
		e := actor.NewEncoder()
		w := writer{schema: r.schema, e: e}
		w.fail(w.any(text))
		m, err := actor.NewStub(&actor.Definition{}).Message(e)
		if w.err == nil && err == nil && bytes.Equal(m.Body, raw) {
			r.out = append(r.out, text...)
			return
		}
	}
	r.out = fmt.Appendf(r.out, `{"%s":"%x"}`, exact, []byte(raw))
}

// any writes JSON as its nearest value of msgpack: numbers with a point or an
// exponent as floats.
func (w *writer) any(raw json.RawMessage) error {
	if w.depth++; w.depth > maxNesting {
		return errNesting
	}
	defer func() { w.depth-- }()
	raw = bytes.TrimSpace(raw)
	switch raw[0] {
	case 'n':
		w.e.Nil()
	case 't', 'f':
		w.e.Bool(raw[0] == 't')
	case '"':
		w.string(raw)
	case '[':
		return w.anyList(raw)
	case '{':
		return w.anyObject(raw)
	default:
		return w.number(string(raw))
	}
	return nil
}

func (w *writer) number(text string) error {
	if !isInteger(text) || text == "-0" {
		v, err := parseFloat(text, "float64")
		w.e.Float64(v)
		return err
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		w.e.Int64(n)
		return nil
	}
	n, err := parseUnsigned(text, "uint64")
	w.e.Uint64(n)
	return err
}

func (w *writer) anyList(raw json.RawMessage) error {
	elements := []json.RawMessage{}
	err := json.Unmarshal(raw, &elements)
	actor.EncodeSlice(w.e, elements, func(_ *actor.Encoder, raw json.RawMessage) {
		if err == nil {
			err = w.any(raw)
		}
	})
	return err
}

func (w *writer) anyObject(raw json.RawMessage) error {
	all, err := members(raw)
	if err != nil {
		return err
	}
	if len(all) == 1 && all[0].name == exact {
		text, err := parseString(all[0].raw)
		b, hexErr := hex.DecodeString(text)
		if err != nil || hexErr != nil || len(b) == 0 {
			return fmt.Errorf("%q wants a value of msgpack in hex", exact)
		}
		w.e.Raw(b)
		return nil
	}
	w.e.Map(len(all))
	for _, m := range all {
		w.e.Key(m.name)
		if err := w.any(m.raw); err != nil {
			return err
		}
	}
	w.e.End()
	return nil
}

var errNotPlain = errors.New("no JSON")

// plain returns a value that a Decoder has accepted, which so ends and nests as
// it says, as JSON.
func plain(raw []byte) ([]byte, error) {
	d := msgpack.NewDecoder(bytes.NewReader(raw))
	return appendPlain(nil, d)
}

func appendPlain(out []byte, d *msgpack.Decoder) ([]byte, error) {
	code, err := d.PeekCode()
	if err != nil {
		return nil, err
	}
	switch {
	case code == msgpcode.Nil:
		return append(out, "null"...), d.DecodeNil()
	case code == msgpcode.True, code == msgpcode.False:
		v, err := d.DecodeBool()
		return strconv.AppendBool(out, v), err
	case code == msgpcode.Uint64:
		v, err := d.DecodeUint64()
		return strconv.AppendUint(out, v, 10), err
	case msgpcode.IsFixedNum(code), code >= msgpcode.Uint8 && code <= msgpcode.Int64:
		v, err := d.DecodeInt64()
		return strconv.AppendInt(out, v, 10), err
	case code == msgpcode.Double:
		v, err := d.DecodeFloat64()
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, errNotPlain
		}
		text := string(appendFloat(nil, v, 64))
		if !strings.ContainsAny(text, ".e") {
			text += ".0"
		}
		return append(out, text...), nil
	case msgpcode.IsString(code):
		v, err := d.DecodeString()
		return appendString(out, v), err
	case msgpcode.IsFixedArray(code), code == msgpcode.Array16, code == msgpcode.Array32:
		return appendPlainList(out, d)
	case msgpcode.IsFixedMap(code), code == msgpcode.Map16, code == msgpcode.Map32:
		return appendPlainObject(out, d)
	}
	return nil, errNotPlain
}

func appendPlainList(out []byte, d *msgpack.Decoder) ([]byte, error) {
	n, err := d.DecodeArrayLen()
	if err != nil {
		return nil, err
	}
	out = append(out, '[')
	for i := range n {
		if i > 0 {
			out = append(out, ',')
		}
		if out, err = appendPlain(out, d); err != nil {
			return nil, err
		}
	}
	return append(out, ']'), nil
}

func appendPlainObject(out []byte, d *msgpack.Decoder) ([]byte, error) {
	n, err := d.DecodeMapLen()
	if err != nil {
		return nil, err
	}
	out = append(out, '{')
	for i := range n {
		if i > 0 {
			out = append(out, ',')
		}
		if code, err := d.PeekCode(); err != nil || !msgpcode.IsString(code) {
			return nil, errNotPlain
		}
		if out, err = appendPlain(out, d); err != nil {
			return nil, err
		}
		out = append(out, ':')
		if out, err = appendPlain(out, d); err != nil {
			return nil, err
		}
	}
	return append(out, '}'), nil
}
