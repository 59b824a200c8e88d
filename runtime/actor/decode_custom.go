package actor

import (
	"bytes"
	"encoding"
	"fmt"

	"github.com/vmihailenco/msgpack/v5"
)

// Raw reads any value as it stands, or nil for a nil.
func (d *Decoder) Raw() msgpack.RawMessage {
	if d.isNil() {
		return nil
	}
	return append(msgpack.RawMessage(nil), d.value()...)
}

// Custom reads one value with v's own method, which sees nothing beyond it.
func (d *Decoder) Custom(v msgpack.CustomDecoder) {
	b := d.value()
	if d.err != nil {
		return
	}
	decoder := msgpack.NewDecoder(bytes.NewReader(b))
	d.unmarshalled(v, v.DecodeMsgpack(decoder))
}

// Unmarshaler reads one value with v's own method, which must copy what it
// keeps.
func (d *Decoder) Unmarshaler(v msgpack.Unmarshaler) {
	b := d.value()
	if d.err != nil {
		return
	}
	d.unmarshalled(v, v.UnmarshalMsgpack(b))
}

// Binary reads bytes with v's own method.
func (d *Decoder) Binary(v encoding.BinaryUnmarshaler) {
	if h, ok := d.expect(kindBinary); ok {
		d.unmarshalled(v, v.UnmarshalBinary(d.take(h)))
	}
}

// Text reads a string with v's own method.
func (d *Decoder) Text(v encoding.TextUnmarshaler) {
	if h, ok := d.expect(kindString); ok {
		d.unmarshalled(v, v.UnmarshalText(d.take(h)))
	}
}

func (d *Decoder) unmarshalled(v any, err error) {
	if err != nil {
		d.mismatch(fmt.Errorf("unmarshal %T: %w", v, err))
	}
}
