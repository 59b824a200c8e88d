package actor

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"math"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/vmihailenco/msgpack/v5"
)

// wireValue is one line of testdata/wire/values.txt: the value, and how
// generated code writes and reads it.
type wireValue struct {
	value any
	write func(*Encoder)
	read  func(*Decoder) any
}

func wire[T any](value T, write func(*Encoder, T), read func(*Decoder) T) wireValue {
	return wireValue{
		value: value,
		write: func(e *Encoder) { write(e, value) },
		read:  func(d *Decoder) any { return read(d) },
	}
}

func wireInt(v int64) wireValue { return wire(v, (*Encoder).Int64, (*Decoder).Int64) }

func wireString(v string) wireValue { return wire(v, (*Encoder).String, (*Decoder).String) }

func wireBytes(v []byte) wireValue { return wire(v, (*Encoder).Bytes, (*Decoder).Bytes) }

func wireTime(v time.Time) wireValue { return wire(v, (*Encoder).Time, (*Decoder).Time) }

func wireSlice(v []int) wireValue {
	return wire(v,
		func(e *Encoder, v []int) { EncodeSlice(e, v, (*Encoder).Int) },
		func(d *Decoder) []int { return DecodeSlice(d, (*Decoder).Int) })
}

func wireMap(v map[string]int) wireValue {
	return wire(v,
		func(e *Encoder, v map[string]int) { EncodeMap(e, v, (*Encoder).String, (*Encoder).Int) },
		func(d *Decoder) map[string]int { return DecodeMap(d, (*Decoder).String, (*Decoder).Int) })
}

func wirePointer(v *int) wireValue {
	return wire(v,
		func(e *Encoder, v *int) { EncodePointer(e, v, (*Encoder).Int) },
		func(d *Decoder) *int { return DecodePointer(d, (*Decoder).Int) })
}

// pair writes itself as an array, by the methods of msgpack.
type pair struct{ a, b int }

func (p pair) EncodeMsgpack(e *msgpack.Encoder) error {
	if err := e.EncodeArrayLen(2); err != nil {
		return err
	}
	return e.EncodeMulti(p.a, p.b)
}

func (p *pair) DecodeMsgpack(d *msgpack.Decoder) error {
	if _, err := d.DecodeArrayLen(); err != nil {
		return err
	}
	return d.DecodeMulti(&p.a, &p.b)
}

var wireValues = map[string]wireValue{
	"nil":        {write: (*Encoder).Nil, read: func(d *Decoder) any { d.isNil(); return nil }},
	"bool-false": wire(false, (*Encoder).Bool, (*Decoder).Bool),
	"bool-true":  wire(true, (*Encoder).Bool, (*Decoder).Bool),

	"int-0":                wireInt(0),
	"int-127":              wireInt(127),
	"int-128":              wireInt(128),
	"int-256":              wireInt(256),
	"int-65536":            wireInt(1 << 16),
	"int-4294967296":       wireInt(1 << 32),
	"int-minus-1":          wireInt(-1),
	"int-minus-32":         wireInt(-32),
	"int-minus-33":         wireInt(-33),
	"int-minus-129":        wireInt(-129),
	"int-minus-32769":      wireInt(-32769),
	"int-minus-2147483649": wireInt(-2147483649),
	"uint64-max":           wire(uint64(math.MaxUint64), (*Encoder).Uint64, (*Decoder).Uint64),
	"int64-min":            wireInt(math.MinInt64),

	"float32": wire(float32(1.5), (*Encoder).Float32, (*Decoder).Float32),
	"float64": wire(1.5, (*Encoder).Float64, (*Decoder).Float64),

	"string-empty":  wireString(""),
	"string-short":  wireString("ada"),
	"string-umlaut": wireString("ä"),
	"string-32":     wireString(strings.Repeat("a", 32)),

	"bytes-nil":   wireBytes(nil),
	"bytes-empty": wireBytes([]byte{}),
	"bytes":       wireBytes([]byte{0, 1, 2}),

	"slice-nil":   wireSlice(nil),
	"slice-empty": wireSlice([]int{}),
	"slice":       wireSlice([]int{1, 2, 3}),
	"slice-16":    wireSlice(make([]int, 16)),

	"map-nil":   wireMap(nil),
	"map-empty": wireMap(map[string]int{}),
	"map":       wireMap(map[string]int{"b": 2, "a": 1}),
	"map-int": wire(map[int8]string{-1: "", 1: ""},
		func(e *Encoder, v map[int8]string) { EncodeMap(e, v, (*Encoder).Int8, (*Encoder).String) },
		func(d *Decoder) map[int8]string { return DecodeMap(d, (*Decoder).Int8, (*Decoder).String) }),
	"pointer-nil": wirePointer(nil),
	"pointer":     wirePointer(new(7)),

	"time-seconds":     wireTime(time.Unix(0x65000000, 0).UTC()),
	"time-nanoseconds": wireTime(time.Unix(0x65000000, 123456789).UTC()),
	"time-zero":        wireTime(time.Time{}),
	"duration-second":  wire(time.Second, (*Encoder).Duration, (*Decoder).Duration),

	"raw":     wire(msgpack.RawMessage{0x93, 1, 2, 0xc3}, (*Encoder).Raw, (*Decoder).Raw),
	"raw-nil": wire(msgpack.RawMessage(nil), (*Encoder).Raw, (*Decoder).Raw),
	"text": wire(netip.MustParsePrefix("1.2.3.4/8"),
		func(e *Encoder, v netip.Prefix) { e.Text(v) },
		func(d *Decoder) netip.Prefix { var v netip.Prefix; d.Text(&v); return v }),
	"binary": wire(netip.MustParseAddr("1.2.3.4"),
		func(e *Encoder, v netip.Addr) { e.Binary(v) },
		func(d *Decoder) netip.Addr { var v netip.Addr; d.Binary(&v); return v }),
	"custom": wire(pair{1, 2},
		func(e *Encoder, v pair) { e.Custom(v) },
		func(d *Decoder) pair { var v pair; d.Custom(&v); return v }),

	"message": wire("ada@example.com",
		func(e *Encoder, v string) { e.Map(1); e.Key("addr").String(v); e.End() },
		func(d *Decoder) string {
			var v string
			for range d.Fields("addr") {
				v = d.String()
			}
			return v
		}),
	"message-nested": wire([3]string{"\x01", "L", "R"},
		func(e *Encoder, v [3]string) {
			e.Map(2)
			e.Key("id").Int64(int64(v[0][0]))
			e.Key("home").Map(2)
			e.Key("Street").String(v[1])
			e.Key("City").String(v[2])
			e.End()
			e.End()
		},
		func(d *Decoder) [3]string {
			var v [3]string
			for field := range d.Fields("id", "home") {
				switch field {
				case "id":
					v[0] = string(rune(d.Int64()))
				case "home":
					for field := range d.Fields("Street", "City") {
						switch field {
						case "Street":
							v[1] = d.String()
						case "City":
							v[2] = d.String()
						}
					}
				}
			}
			return v
		}),
}

// TestWire pins the bytes: every line of the file is what the codec writes
// today, and is still read as what was once written.
func TestWire(t *testing.T) {
	lines := wireLines(t)
	for name, v := range wireValues {
		want, ok := lines[name]
		if !ok {
			t.Errorf("%s: no line in the fixtures", name)
			continue
		}
		delete(lines, name)

		e := NewEncoder()
		v.write(e)
		if got, err := e.finish(); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: wrote %x (%v), want %x", name, got, err, want)
		}
		d := bareDecoder(want)
		if got := v.read(d); d.Err() != nil || !reflect.DeepEqual(got, v.value) {
			t.Errorf("%s: read %v (%v), want %v", name, got, d.Err(), v.value)
		}
		if d.pos != len(want) {
			t.Errorf("%s: read %d bytes, want %d", name, d.pos, len(want))
		}
	}
	for name := range lines {
		t.Errorf("%s: a line of the fixtures that no test reads", name)
	}
}

// bareDecoder reads a value that is no message.
func bareDecoder(b []byte) *Decoder { return newDecoder("tasks.Test", b) }

func wireLines(t *testing.T) map[string][]byte {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "..", "testdata", "wire", "values.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := make(map[string][]byte)
	for s := bufio.NewScanner(file); s.Scan(); {
		text := strings.TrimSpace(s.Text())
		if text == "" || text[0] == '#' {
			continue
		}
		name, digits, _ := strings.Cut(text, " ")
		b, err := hex.DecodeString(strings.TrimSpace(digits))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, twice := lines[name]; twice {
			t.Fatalf("%s: two lines", name)
		}
		lines[name] = b
	}
	return lines
}
