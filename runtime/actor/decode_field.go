package actor

import (
	"fmt"
	"iter"
	"slices"
)

// Fields reads a map and yields each of its keys that is among names; the loop
// must read the value before the next round. Other keys are skipped. A key
// that is missing is none of the loop's business (its variable keeps the zero
// value), but when one is missing and another is unknown the error is
// [ErrSchemaMismatch]: something was renamed.
func (d *Decoder) Fields(names ...string) iter.Seq[string] {
	return func(yield func(string) bool) { d.fields(nil, names, yield) }
}

// FieldsOptional is Fields where the sender may leave out those of the names
// that are in optional; they never count as missing.
func (d *Decoder) FieldsOptional(optional []string, names ...string) iter.Seq[string] {
	return func(yield func(string) bool) { d.fields(optional, names, yield) }
}

func (d *Decoder) fields(optional, names []string, yield func(string) bool) {
	h, ok := d.expect(kindMap)
	if !ok {
		return
	}
	seen := make([]bool, len(names))
	var unknown []byte
	next := 0 // our own senders write the keys in order
	for range h.value {
		key, isString := d.key()
		i := -1
		if isString {
			i = find(names, key, next)
		}
		if i < 0 {
			if unknown == nil {
				unknown = key
			}
			d.value()
			continue
		}
		if seen[i] {
			d.fail(ErrMalformed, fmt.Errorf("key %q twice", names[i]))
			return
		}
		seen[i] = true
		next = i + 1
		if !yield(names[i]) {
			return
		}
		if d.err != nil {
			d.err.under(names[i])
			return
		}
	}
	if unknown != nil {
		d.checkRename(optional, names, seen, unknown)
	}
}

// key returns the text of a key, or the bytes of one that is not a string.
func (d *Decoder) key() (key []byte, isString bool) {
	h, _ := parseHead(d.body[d.pos:])
	if h.kind != kindString {
		return d.value(), false
	}
	d.pos += h.size
	return d.take(h), true
}

// find returns the index of key in names, looking at names[next] first, or -1.
func find(names []string, key []byte, next int) int {
	if next < len(names) && names[next] == string(key) {
		return next
	}
	for i, name := range names {
		if name == string(key) {
			return i
		}
	}
	return -1
}

func (d *Decoder) checkRename(optional, names []string, seen []bool, unknown []byte) {
	const longest = 40 // of foreign text in an error
	for i, name := range names {
		if !seen[i] && !slices.Contains(optional, name) {
			d.mismatch(fmt.Errorf("key %q is missing and key %q is unknown (renamed?)",
				name, unknown[:min(len(unknown), longest)]))
			return
		}
	}
}
