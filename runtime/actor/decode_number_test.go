package actor

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/vmihailenco/msgpack/v5"
)

// TestDecodeIntegers reads every boundary of every type as every type, in
// every width that the library writes.
func TestDecodeIntegers(t *testing.T) {
	type reader struct {
		name     string
		min, max float64 // exact enough to compare with
		read     func(*Decoder) any
	}
	readers := []reader{
		{"int", math.MinInt64, math.MaxInt64, func(d *Decoder) any { return d.Int() }},
		{"int8", math.MinInt8, math.MaxInt8, func(d *Decoder) any { return d.Int8() }},
		{"int16", math.MinInt16, math.MaxInt16, func(d *Decoder) any { return d.Int16() }},
		{"int32", math.MinInt32, math.MaxInt32, func(d *Decoder) any { return d.Int32() }},
		{"int64", math.MinInt64, math.MaxInt64, func(d *Decoder) any { return d.Int64() }},
		{"uint", 0, math.MaxUint64, func(d *Decoder) any { return d.Uint() }},
		{"uint8", 0, math.MaxUint8, func(d *Decoder) any { return d.Uint8() }},
		{"uint16", 0, math.MaxUint16, func(d *Decoder) any { return d.Uint16() }},
		{"uint32", 0, math.MaxUint32, func(d *Decoder) any { return d.Uint32() }},
		{"uint64", 0, math.MaxUint64, func(d *Decoder) any { return d.Uint64() }},
		{"duration", math.MinInt64, math.MaxInt64, func(d *Decoder) any { return int64(d.Duration()) }},
	}
	values := []any{uint64(math.MaxInt64) + 1, uint64(math.MaxUint64), uint64(math.MaxInt64), int64(math.MinInt64)}
	for _, bits := range []int{7, 8, 15, 16, 31, 32} {
		for _, off := range []int64{-1, 0, 1} {
			values = append(values, int64(1)<<bits+off, -(int64(1)<<bits)+off)
		}
	}
	for _, value := range append(values, int64(0), int64(-1), uint8(5), int8(-5), int16(-5), int32(-5), int8(5), uint32(5)) {
		text := fmt.Sprint(value)
		shortest, err := msgpack.Marshal(value) // in the value's own width
		if err != nil {
			t.Fatal(err)
		}
		_, negative := strings.CutPrefix(text, "-")
		for _, r := range readers {
			d := bareDecoder(shortest)
			got := r.read(d)
			fits := fitsInteger(text, negative, r.min, r.max)
			if fits && (d.Err() != nil || fmt.Sprint(got) != text) {
				t.Errorf("%s as %s: got %v (%v)", text, r.name, got, d.Err())
			}
			if !fits && (!errors.Is(d.Err(), ErrSchemaMismatch) || fmt.Sprint(got) != "0") {
				t.Errorf("%s as %s: got %v (%v), want a mismatch", text, r.name, got, d.Err())
			}
		}
	}
}

// fitsInteger decides by length and digits, so as not to share the arithmetic
// of what it tests.
func fitsInteger(text string, negative bool, low, high float64) bool {
	limit := fmt.Sprintf("%.0f", high)
	if negative {
		if low == 0 {
			return false
		}
		limit = fmt.Sprintf("%.0f", low)
	} else if high == math.MaxInt64 {
		limit = "9223372036854775807"
	} else if high == math.MaxUint64 {
		limit = "18446744073709551615"
	}
	return len(text) < len(limit) || len(text) == len(limit) && text <= limit
}

func TestDecodeFloats(t *testing.T) {
	for _, test := range []struct {
		value any
		wide  any // nil: does not fit
		slim  any
	}{
		{1.5, 1.5, float32(1.5)},
		{float32(1.5), 1.5, float32(1.5)},
		{0.1, 0.1, nil},
		{1e300, 1e300, nil},
		{math.Inf(1), math.Inf(1), float32(math.Inf(1))},
		{7, 7.0, float32(7)},
		{-7, -7.0, float32(-7)},
		{1<<24 + 1, 16777217.0, nil},
		{int64(1)<<53 + 1, nil, nil},
		{-(int64(1)<<53 + 1), nil, nil},
		{uint64(math.MaxUint64), nil, nil},
		{"1", nil, nil},
	} {
		b, err := msgpack.Marshal(test.value)
		if err != nil {
			t.Fatal(err)
		}
		wide, slim := bareDecoder(b), bareDecoder(b)
		if got := wide.Float64(); wide.Err() == nil && test.wide != any(got) || (wide.Err() == nil) != (test.wide != nil) {
			t.Errorf("%v as float64: got %v (%v), want %v", test.value, got, wide.Err(), test.wide)
		}
		if got := slim.Float32(); slim.Err() == nil && test.slim != any(got) || (slim.Err() == nil) != (test.slim != nil) {
			t.Errorf("%v as float32: got %v (%v), want %v", test.value, got, slim.Err(), test.slim)
		}
	}
	d := bareDecoder(encoded(t, func(e *Encoder) { e.Float64(math.NaN()) }))
	if got := d.Float32(); d.Err() != nil || !math.IsNaN(float64(got)) {
		t.Errorf("NaN as float32: got %v (%v)", got, d.Err())
	}
}
