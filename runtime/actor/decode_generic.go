package actor

import (
	"fmt"
	"strconv"
	"unsafe"
)

// DecodeSlice reads an array, its elements with decode, or nil.
func DecodeSlice[E any](d *Decoder, decode func(*Decoder) E) []E {
	if d.isNil() {
		return nil
	}
	var element E
	h, ok := d.expect(kindArray)
	if !ok || !d.reserve(h.value, unsafe.Sizeof(element)) {
		return nil
	}
	v := make([]E, h.value)
	decodeElements(d, v, decode)
	return v
}

// DecodeArray reads an array of exactly len(v) elements into v.
func DecodeArray[E any](d *Decoder, v []E, decode func(*Decoder) E) {
	h, ok := d.expect(kindArray)
	if !ok {
		return
	}
	if h.value != uint64(len(v)) {
		d.mismatch(fmt.Errorf("got %d elements, want %d", h.value, len(v)))
		return
	}
	decodeElements(d, v, decode)
}

func decodeElements[E any](d *Decoder, v []E, decode func(*Decoder) E) {
	for i := range v {
		v[i] = decode(d)
		if d.err != nil {
			d.err.under("[" + strconv.Itoa(i) + "]")
			return
		}
	}
}

// mapRoom is the number of entries that a small map has room for.
const mapRoom = 8

// DecodeMap reads a map with the functions for its keys and values, or nil.
func DecodeMap[K comparable, V any](d *Decoder, key func(*Decoder) K, value func(*Decoder) V) map[K]V {
	if d.isNil() {
		return nil
	}
	var entry struct {
		key   K
		value V
	}
	h, ok := d.expect(kindMap)
	if !ok {
		return nil
	}
	if h.value > 0 && !d.reserve(max(mapRoom, 2*h.value), unsafe.Sizeof(entry)) { // up to half of a map is free
		return nil
	}
	v := make(map[K]V, h.value)
	for range h.value {
		k := key(d)
		if _, twice := v[k]; twice {
			d.fail(ErrMalformed, fmt.Errorf("key %v twice", k))
		}
		v[k] = value(d)
		if d.err != nil {
			d.err.under(fmt.Sprintf("[%v]", k))
			return nil
		}
	}
	return v
}

// DecodePointer reads what a pointer points at with decode, or nil.
func DecodePointer[T any](d *Decoder, decode func(*Decoder) T) *T {
	if d.isNil() {
		return nil
	}
	var target T
	if !d.reserve(1, unsafe.Sizeof(target)) {
		return nil
	}
	v := new(T)
	*v = decode(d)
	return v
}
