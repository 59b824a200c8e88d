package actor

import "encoding/binary"

// kind says what a msgpack value is, whatever the width it was written in.
type kind uint8

const (
	kindInvalid  kind = iota
	kindNil           // value is 0
	kindBool          // value is 0 or 1
	kindUint          // value is the integer
	kindNegative      // value is the integer in two's complement
	kindFloat32       // value holds the bits
	kindFloat64       // value holds the bits
	kindString        // value is the number of bytes
	kindBinary        // value is the number of bytes
	kindExt           // value is the number of bytes behind the type byte
	kindArray         // value is the number of elements
	kindMap           // value is the number of pairs
)

var kindNames = [...]string{
	kindInvalid:  "nothing",
	kindNil:      "nil",
	kindBool:     "a bool",
	kindUint:     "an integer",
	kindNegative: "a negative integer",
	kindFloat32:  "a float",
	kindFloat64:  "a float",
	kindString:   "a string",
	kindBinary:   "bytes",
	kindExt:      "an extension",
	kindArray:    "an array",
	kindMap:      "a map",
}

func (k kind) String() string { return kindNames[k] }

// head is the start of a value: everything but its payload or its children.
type head struct {
	kind  kind
	size  int // bytes of the head itself
	value uint64
}

// payload returns the number of bytes between the head and the next value.
func (h head) payload() uint64 {
	switch h.kind {
	case kindString, kindBinary:
		return h.value
	case kindExt:
		return h.value + 1
	}
	return 0
}

// children returns the number of values that the value holds.
func (h head) children() uint64 {
	switch h.kind {
	case kindArray:
		return h.value
	case kindMap:
		return 2 * h.value
	}
	return 0
}

// formats describes the first bytes 0xc0 to 0xdf of the msgpack specification:
// the kind and the width of the big-endian number behind the byte. Where the
// width is 0, fixed is the number.
var formats = [32]struct {
	kind  kind
	width uint8
	fixed uint8
}{
	{kind: kindNil},
	{kind: kindInvalid}, // 0xc1 is never used
	{kind: kindBool, fixed: 0},
	{kind: kindBool, fixed: 1},
	{kind: kindBinary, width: 1},
	{kind: kindBinary, width: 2},
	{kind: kindBinary, width: 4},
	{kind: kindExt, width: 1},
	{kind: kindExt, width: 2},
	{kind: kindExt, width: 4},
	{kind: kindFloat32, width: 4},
	{kind: kindFloat64, width: 8},
	{kind: kindUint, width: 1},
	{kind: kindUint, width: 2},
	{kind: kindUint, width: 4},
	{kind: kindUint, width: 8},
	{kind: kindNegative, width: 1}, // 0xd0: signed, so perhaps positive
	{kind: kindNegative, width: 2},
	{kind: kindNegative, width: 4},
	{kind: kindNegative, width: 8},
	{kind: kindExt, fixed: 1},
	{kind: kindExt, fixed: 2},
	{kind: kindExt, fixed: 4},
	{kind: kindExt, fixed: 8},
	{kind: kindExt, fixed: 16},
	{kind: kindString, width: 1},
	{kind: kindString, width: 2},
	{kind: kindString, width: 4},
	{kind: kindArray, width: 2},
	{kind: kindArray, width: 4},
	{kind: kindMap, width: 2},
	{kind: kindMap, width: 4},
}

// parseHead reads the head at the start of b. It returns false when b ends
// before the head does, or begins with a byte that begins no value.
func parseHead(b []byte) (head, bool) {
	if len(b) == 0 {
		return head{}, false
	}
	switch code := b[0]; {
	case code <= 0x7f:
		return head{kindUint, 1, uint64(code)}, true
	case code <= 0x8f:
		return head{kindMap, 1, uint64(code & 0x0f)}, true
	case code <= 0x9f:
		return head{kindArray, 1, uint64(code & 0x0f)}, true
	case code <= 0xbf:
		return head{kindString, 1, uint64(code & 0x1f)}, true
	case code >= 0xe0:
		return head{kindNegative, 1, uint64(int64(int8(code)))}, true
	}

	format := formats[b[0]-0xc0]
	size := 1 + int(format.width)
	if format.kind == kindInvalid || len(b) < size {
		return head{}, false
	}
	var value uint64
	switch format.width {
	case 0:
		value = uint64(format.fixed)
	case 1:
		value = uint64(b[1])
	case 2:
		value = uint64(binary.BigEndian.Uint16(b[1:]))
	case 4:
		value = uint64(binary.BigEndian.Uint32(b[1:]))
	case 8:
		value = binary.BigEndian.Uint64(b[1:])
	}
	if format.kind == kindNegative {
		unused := 64 - 8*uint(format.width)
		signed := int64(value<<unused) >> unused
		if signed >= 0 {
			return head{kindUint, size, value}, true
		}
		value = uint64(signed)
	}
	return head{format.kind, size, value}, true
}
