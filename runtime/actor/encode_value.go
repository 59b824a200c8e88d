package actor

import "time"

// Nil writes nil.
func (e *Encoder) Nil() { e.note(e.msgpack.EncodeNil()) }

// Bool writes a bool.
func (e *Encoder) Bool(v bool) { e.note(e.msgpack.EncodeBool(v)) }

// Int writes an integer in its shortest form, as do the methods for the other
// integer types.
func (e *Encoder) Int(v int) { e.Int64(int64(v)) }

// Int8 writes an int8.
func (e *Encoder) Int8(v int8) { e.Int64(int64(v)) }

// Int16 writes an int16.
func (e *Encoder) Int16(v int16) { e.Int64(int64(v)) }

// Int32 writes an int32.
func (e *Encoder) Int32(v int32) { e.Int64(int64(v)) }

// Int64 writes an int64.
func (e *Encoder) Int64(v int64) { e.note(e.msgpack.EncodeInt(v)) }

// Uint writes a uint.
func (e *Encoder) Uint(v uint) { e.Uint64(uint64(v)) }

// Uint8 writes a uint8.
func (e *Encoder) Uint8(v uint8) { e.Uint64(uint64(v)) }

// Uint16 writes a uint16.
func (e *Encoder) Uint16(v uint16) { e.Uint64(uint64(v)) }

// Uint32 writes a uint32.
func (e *Encoder) Uint32(v uint32) { e.Uint64(uint64(v)) }

// Uint64 writes a uint64.
func (e *Encoder) Uint64(v uint64) { e.note(e.msgpack.EncodeUint(v)) }

// Float32 writes a float32.
func (e *Encoder) Float32(v float32) { e.note(e.msgpack.EncodeFloat32(v)) }

// Float64 writes a float64.
func (e *Encoder) Float64(v float64) { e.note(e.msgpack.EncodeFloat64(v)) }

// String writes a string.
func (e *Encoder) String(v string) {
	if e.fits(len(v)) {
		e.note(e.msgpack.EncodeString(v))
	}
}

// Bytes writes bytes; nil is kept apart from empty.
func (e *Encoder) Bytes(v []byte) {
	if v == nil {
		e.Nil()
		return
	}
	if e.fits(len(v)) {
		e.note(e.msgpack.EncodeBytesLen(len(v)))
		// Not through the library, whose interface would make v escape: an
		// array's bytes stay on the caller's stack.
		e.buffer.Write(v)
	}
}

// Time writes an instant with its nanoseconds; the location is not kept.
func (e *Encoder) Time(v time.Time) { e.note(e.msgpack.EncodeTime(v)) }

// Duration writes a duration as an integer of nanoseconds.
func (e *Encoder) Duration(v time.Duration) { e.Int64(int64(v)) }
