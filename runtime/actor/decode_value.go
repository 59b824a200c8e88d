package actor

import (
	"encoding/binary"
	"fmt"
	"time"
)

// Bool reads a bool.
func (d *Decoder) Bool() bool {
	h, _ := d.expect(kindBool)
	return h.value == 1
}

// String reads a string.
func (d *Decoder) String() string {
	h, ok := d.expect(kindString)
	if !ok {
		return ""
	}
	return string(d.take(h))
}

// Bytes reads bytes, or nil.
func (d *Decoder) Bytes() []byte {
	if d.isNil() {
		return nil
	}
	h, ok := d.expect(kindBinary)
	if !ok {
		return nil
	}
	return append([]byte{}, d.take(h)...)
}

// FixedBytes reads exactly len(v) bytes into v.
func (d *Decoder) FixedBytes(v []byte) {
	h, ok := d.expect(kindBinary)
	if !ok {
		return
	}
	if h.value != uint64(len(v)) {
		d.mismatch(fmt.Errorf("got %d bytes, want %d", h.value, len(v)))
		return
	}
	copy(v, d.take(h))
}

// timestamp is the extension type of an instant in the msgpack specification.
const timestamp = -1

// Time reads an instant. Its location is UTC.
func (d *Decoder) Time() time.Time {
	h, ok := d.expect(kindExt)
	if !ok {
		return time.Time{}
	}
	b := d.take(h)
	kind, b := int8(b[0]), b[1:]

	var seconds, nanoseconds uint64
	switch {
	case kind == timestamp && len(b) == 4:
		seconds = uint64(binary.BigEndian.Uint32(b))
	case kind == timestamp && len(b) == 8:
		both := binary.BigEndian.Uint64(b)
		seconds, nanoseconds = both&(1<<34-1), both>>34
	case kind == timestamp && len(b) == 12:
		nanoseconds = uint64(binary.BigEndian.Uint32(b))
		seconds = binary.BigEndian.Uint64(b[4:])
	default:
		d.mismatch(fmt.Errorf("got an extension of type %d and %d bytes, want a timestamp", kind, len(b)))
		return time.Time{}
	}
	if nanoseconds >= uint64(time.Second) {
		d.mismatch(fmt.Errorf("got a timestamp with %d nanoseconds", nanoseconds))
		return time.Time{}
	}
	return time.Unix(int64(seconds), int64(nanoseconds)).UTC()
}

// Duration reads a duration from an integer of nanoseconds.
func (d *Decoder) Duration() time.Duration { return time.Duration(d.Int64()) }
