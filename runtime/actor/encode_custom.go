package actor

import (
	"encoding"
	"errors"
	"fmt"

	"github.com/vmihailenco/msgpack/v5"
)

// Raw writes a value that is msgpack already, once it was found to be exactly
// one. An empty one is written as nil.
func (e *Encoder) Raw(v msgpack.RawMessage) {
	if len(v) == 0 {
		e.Nil()
		return
	}
	if err := e.single(v); err != nil {
		e.note(fmt.Errorf("raw message: %w", err))
		return
	}
	e.buffer.Write(v)
}

// Custom writes v with its own method. It must write exactly one value.
func (e *Encoder) Custom(v msgpack.CustomEncoder) {
	if e.err != nil {
		return
	}
	start := e.buffer.Len()
	err := v.EncodeMsgpack(e.msgpack)
	e.msgpack.Reset(&e.buffer) // whatever v has set on it
	if err == nil {
		err = e.single(e.buffer.Bytes()[start:])
	}
	e.marshalled(v, err)
}

// Marshaler writes v with its own method. It must return exactly one value.
func (e *Encoder) Marshaler(v msgpack.Marshaler) {
	if e.err != nil {
		return
	}
	b, err := v.MarshalMsgpack()
	if err == nil {
		err = e.single(b)
	}
	e.marshalled(v, err)
	e.buffer.Write(b)
}

// Binary writes v as bytes.
func (e *Encoder) Binary(v encoding.BinaryMarshaler) {
	if e.err != nil {
		return
	}
	b, err := v.MarshalBinary()
	e.marshalled(v, err)
	if b == nil {
		b = []byte{} // nil would not come back
	}
	e.Bytes(b)
}

// Text writes v as a string.
func (e *Encoder) Text(v encoding.TextMarshaler) {
	if e.err != nil {
		return
	}
	b, err := v.MarshalText()
	e.marshalled(v, err)
	e.String(string(b))
}

// single checks that b is one value that may stand at the current depth.
func (e *Encoder) single(b []byte) error {
	n, err := span(b, maxDepth-e.depth)
	if err != nil {
		return err
	}
	if n != len(b) {
		return errors.New("more than one value")
	}
	return nil
}

func (e *Encoder) marshalled(v any, err error) {
	if err != nil {
		e.note(fmt.Errorf("marshal %T: %w", v, err))
	}
}
