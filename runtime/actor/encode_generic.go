package actor

import (
	"cmp"
	"slices"
)

// EncodeSlice writes v as an array, its elements with encode. A nil slice is
// written as nil.
func EncodeSlice[E any](e *Encoder, v []E, encode func(*Encoder, E)) {
	if v == nil {
		e.Nil()
		return
	}
	e.array(len(v))
	for i := range v {
		if e.err != nil {
			return
		}
		encode(e, v[i])
	}
	e.End()
}

// EncodeMap writes v with the functions for its keys and values. Keys are
// sorted, so that equal arguments give equal bytes; that costs one allocation
// for a map with more than one key. A nil map is written as nil.
func EncodeMap[K cmp.Ordered, V any](e *Encoder, v map[K]V, key func(*Encoder, K), value func(*Encoder, V)) {
	if v == nil {
		e.Nil()
		return
	}
	e.Map(len(v))
	for _, k := range sortedKeys(v) {
		if e.err != nil {
			return
		}
		key(e, k)
		value(e, v[k])
	}
	e.End()
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// EncodePointer writes what v points at with encode. A nil pointer is written
// as nil.
func EncodePointer[T any](e *Encoder, v *T, encode func(*Encoder, T)) {
	if v == nil {
		e.Nil()
		return
	}
	if e.err == nil { // a ring of pointers ends with the first error
		encode(e, *v)
	}
}
