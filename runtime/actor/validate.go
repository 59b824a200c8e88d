package actor

import (
	"errors"
	"fmt"
)

// maxDepth is how many arrays and maps may be open at once, the map of the
// arguments included. It bounds the recursion of generated code on both sides.
const maxDepth = 100

// ErrTooDeep: arguments are nested deeper than 100 levels, or point back at
// themselves.
var ErrTooDeep = errors.New("nested deeper than 100 levels")

// span returns the length of the first value in b. It is the one place that
// judges foreign bytes: it checks every length against the bytes that are left
// and the nesting against depth, in one pass that neither recurses nor
// allocates for what b merely claims. Bytes that it has accepted can be read
// without further checks.
func span(b []byte, depth int) (int, error) {
	var levels [16]uint64
	open := levels[:0] // values still due on each level around the current one
	pos, due := 0, uint64(1)
	for {
		h, ok := parseHead(b[pos:])
		if !ok {
			return 0, fmt.Errorf("byte %d: no complete value", pos)
		}
		start := pos
		pos += h.size
		due--

		payload, children := h.payload(), h.children()
		left := uint64(len(b) - pos)
		if payload > left || children > left { // a child takes one byte at least
			return 0, fmt.Errorf("byte %d: length %d exceeds the %d bytes left", start, h.value, left)
		}
		pos += int(payload)

		if h.kind == kindArray || h.kind == kindMap {
			if len(open) == depth {
				return 0, fmt.Errorf("byte %d: %w", start, ErrTooDeep)
			}
			open = append(open, due)
			due = children
		}
		for due == 0 {
			if len(open) == 0 {
				return pos, nil
			}
			due = open[len(open)-1]
			open = open[:len(open)-1]
		}
	}
}
