package actor

import (
	"fmt"
	"math"
	"reflect"
)

// Int reads an integer that fits an int, whatever width it was written in, as
// do the methods for the other integer types. One that does not fit is an
// error.
func (d *Decoder) Int() int { return signed[int](d) }

// Int8 reads an int8.
func (d *Decoder) Int8() int8 { return signed[int8](d) }

// Int16 reads an int16.
func (d *Decoder) Int16() int16 { return signed[int16](d) }

// Int32 reads an int32.
func (d *Decoder) Int32() int32 { return signed[int32](d) }

// Int64 reads an int64.
func (d *Decoder) Int64() int64 { return signed[int64](d) }

// Uint reads a uint.
func (d *Decoder) Uint() uint { return unsigned[uint](d) }

// Uint8 reads a uint8.
func (d *Decoder) Uint8() uint8 { return unsigned[uint8](d) }

// Uint16 reads a uint16.
func (d *Decoder) Uint16() uint16 { return unsigned[uint16](d) }

// Uint32 reads a uint32.
func (d *Decoder) Uint32() uint32 { return unsigned[uint32](d) }

// Uint64 reads a uint64.
func (d *Decoder) Uint64() uint64 { return unsigned[uint64](d) }

// Float32 reads a number that a float32 holds exactly.
func (d *Decoder) Float32() float32 {
	v, h := d.float(1 << 24)
	if f := float32(v); float64(f) == v || math.IsNaN(v) {
		return f
	}
	misfit[float32](d, h)
	return 0
}

// Float64 reads a number that a float64 holds exactly: a float of either
// width, or an integer, as which some languages write whole numbers.
func (d *Decoder) Float64() float64 {
	v, _ := d.float(1 << 53)
	return v
}

// float reads a float, or an integer up to exact in size.
func (d *Decoder) float(exact uint64) (float64, head) {
	switch h := d.next(); h.kind {
	case kindFloat32:
		return float64(math.Float32frombits(uint32(h.value))), h
	case kindFloat64:
		return math.Float64frombits(h.value), h
	case kindUint:
		if h.value > exact {
			misfit[float64](d, h)
		}
		return float64(h.value), h
	case kindNegative:
		if -h.value > exact {
			misfit[float64](d, h)
		}
		return float64(int64(h.value)), h
	default:
		d.wrongKind(h, kindFloat64)
		return 0, h
	}
}

func signed[T int | int8 | int16 | int32 | int64](d *Decoder) T {
	h := d.next()
	switch v := T(h.value); h.kind {
	case kindUint:
		if v >= 0 && uint64(v) == h.value {
			return v
		}
	case kindNegative:
		if v < 0 && uint64(int64(v)) == h.value {
			return v
		}
	default:
		d.wrongKind(h, kindUint)
		return 0
	}
	misfit[T](d, h)
	return 0
}

func unsigned[T uint | uint8 | uint16 | uint32 | uint64](d *Decoder) T {
	h := d.next()
	switch v := T(h.value); h.kind {
	case kindUint:
		if uint64(v) == h.value {
			return v
		}
	case kindNegative:
	default:
		d.wrongKind(h, kindUint)
		return 0
	}
	misfit[T](d, h)
	return 0
}

// misfit reports a number that T does not hold.
func misfit[T any](d *Decoder, h head) {
	var got string
	switch h.kind {
	case kindUint:
		got = fmt.Sprint(h.value)
	case kindNegative:
		got = fmt.Sprint(int64(h.value))
	default:
		got = fmt.Sprint(math.Float64frombits(h.value))
	}
	d.mismatch(fmt.Errorf("%s does not fit %s", got, reflect.TypeFor[T]()))
}
