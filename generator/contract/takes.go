package contract

import (
	"math"

	"github.com/actorgen/actorgen/generator/lockfile"
)

// taker decides whether what one version writes can be read by the other.
type taker struct {
	reader, writer *side
	// seen are pairs of types, one of them named, that were met before: what
	// contains itself is taken unless something in it is not.
	seen map[[2]string]bool
}

// takes reports whether the types r and w of two contracts go together: whether
// their reader understands every value of type w. The fields of structs are
// compared by themselves.
func takes(reader *side, r *lockfile.Type, writer *side, w *lockfile.Type) bool {
	t := taker{reader, writer, make(map[[2]string]bool)}
	return t.takes(r, w)
}

func (t *taker) takes(r, w *lockfile.Type) bool {
	if r.Form == lockfile.Named || w.Form == lockfile.Named {
		pair := [2]string{r.String(), w.String()}
		if t.seen[pair] {
			return true
		}
		t.seen[pair] = true
	}
	r, w = t.reader.resolve(r), t.writer.resolve(w)
	switch {
	case isStruct(r) || isStruct(w):
		return isStruct(r) && isStruct(w)
	case r.Form == lockfile.Pointer && w.Form == lockfile.Pointer:
		return t.takes(r.Elem, w.Elem)
	case r.Form == lockfile.Pointer:
		return t.takes(r.Elem, w)
	}
	switch r.Form {
	case lockfile.Slice:
		return (w.Form == lockfile.Slice || w.Form == lockfile.Array) && t.takes(r.Elem, w.Elem)
	case lockfile.Array:
		return w.Form == lockfile.Array && r.Len == w.Len && t.takes(r.Elem, w.Elem)
	case lockfile.Map:
		return w.Form == lockfile.Map && t.takes(r.Key, w.Key) && t.takes(r.Elem, w.Elem)
	case lockfile.Own:
		return w.Form == lockfile.Own && r.Encoding == w.Encoding && r.Name == w.Name
	case lockfile.Basic:
		return basicTakes(r.Name, w)
	}
	return false
}

// isStruct judges a type that is resolved.
func isStruct(t *lockfile.Type) bool { return t.Form == lockfile.Named || t.Form == lockfile.Literal }

// basicTakes is takes for a basic type.
func basicTakes(r string, w *lockfile.Type) bool {
	switch {
	case r == "msgpack.RawMessage":
		return true
	case r == "string" && w.Form == lockfile.Own && w.Encoding == "text":
		return true
	case w.Form != lockfile.Basic:
		return false
	case r == w.Name:
		return true
	}
	least, most, ok := bounds(w.Name)
	switch r {
	case "float64":
		return w.Name == "float32" || ok && least >= -1<<53 && most <= 1<<53
	case "float32":
		return ok && least >= -1<<24 && most <= 1<<24
	}
	from, to, alsoOK := bounds(r)
	return ok && alsoOK && from <= least && most <= to
}

// bounds returns the range of an integer type. An int has 64 bits.
func bounds(name string) (least int64, most uint64, ok bool) {
	switch name {
	case "int8":
		return math.MinInt8, math.MaxInt8, true
	case "int16":
		return math.MinInt16, math.MaxInt16, true
	case "int32":
		return math.MinInt32, math.MaxInt32, true
	case "int", "int64":
		return math.MinInt64, math.MaxInt64, true
	case "uint8":
		return 0, math.MaxUint8, true
	case "uint16":
		return 0, math.MaxUint16, true
	case "uint32":
		return 0, math.MaxUint32, true
	case "uint", "uint64":
		return 0, math.MaxUint64, true
	}
	return 0, 0, false
}

// ambiguous reports whether a type holds values that look on the wire like those
// of another type and mean something else: a duration is a number of nanoseconds,
// and a type that marshals itself means what it likes.
func ambiguous(s *side, t *lockfile.Type) bool {
	seen := make(map[string]bool)
	var holds func(t *lockfile.Type) bool
	holds = func(t *lockfile.Type) bool {
		if t == nil || seen[t.String()] {
			return false
		}
		seen[t.String()] = true
		t = s.resolve(t)
		return t.Form == lockfile.Own || t.Name == "time.Duration" || t.Name == "msgpack.RawMessage" || holds(t.Key) || holds(t.Elem)
	}
	return holds(t)
}
