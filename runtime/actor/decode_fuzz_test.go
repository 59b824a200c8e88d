package actor

import (
	"bytes"
	"errors"
	"runtime"
	"testing"
)

// allocatedBytes returns what f allocates. Nothing else may run beside it.
func allocatedBytes(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// everything has one of each thing that a decoder reads.
type everything struct {
	Order  order
	Orders []order
	Counts map[string][]int8
	Bytes  []byte
	Sum    [4]byte
	Pair   pair
	List   node
	Raw    []byte
}

func encodeEverything(e *Encoder, v everything) {
	e.Map(8)
	encodeOrder(e.Key("order"), v.Order)
	EncodeSlice(e.Key("orders"), v.Orders, encodeOrder)
	EncodeMap(e.Key("counts"), v.Counts, (*Encoder).String, func(e *Encoder, v []int8) { EncodeSlice(e, v, (*Encoder).Int8) })
	e.Key("bytes").Bytes(v.Bytes)
	e.Key("sum").Bytes(v.Sum[:])
	e.Key("pair").Custom(v.Pair)
	encodeNode(e.Key("list"), v.List)
	e.Key("raw").Raw(v.Raw)
	e.End()
}

func decodeEverything(d *Decoder) everything {
	var v everything
	for field := range d.Fields("order", "orders", "counts", "bytes", "sum", "pair", "list", "raw") {
		switch field {
		case "order":
			v.Order = decodeOrder(d)
		case "orders":
			v.Orders = DecodeSlice(d, decodeOrder)
		case "counts":
			v.Counts = DecodeMap(d, (*Decoder).String, func(d *Decoder) []int8 { return DecodeSlice(d, (*Decoder).Int8) })
		case "bytes":
			v.Bytes = d.Bytes()
		case "sum":
			d.FixedBytes(v.Sum[:])
		case "pair":
			d.Custom(&v.Pair)
		case "list":
			v.List = decodeNode(d)
		case "raw":
			v.Raw = d.Raw()
		}
	}
	return v
}

// FuzzDecode: whatever the bytes, decoding neither panics nor allocates out of
// proportion, its error says which of the two cases it is, and what it accepts
// it writes and reads again.
func FuzzDecode(f *testing.F) {
	full := everything{
		Order:  benchOrder,
		Orders: []order{{}, benchOrder},
		Counts: map[string][]int8{"a": {1, -1}, "b": nil},
		Bytes:  []byte("bytes"),
		List:   list(5),
		Raw:    []byte{0x91, 0xc0},
	}
	e := NewEncoder()
	encodeEverything(e, full)
	seed, err := e.finish()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	for i := 0; i < len(seed); i += 7 {
		f.Add(seed[:i])
		f.Add(append(bytes.Clone(seed[:i]), append([]byte{0xdd, 0xff, 0xff, 0xff, 0xff}, seed[i:]...)...))
	}

	f.Fuzz(func(t *testing.T, b []byte) {
		var v everything
		var err error
		decode := func() {
			d := benchStub.Decoder(Message{Actor: "tasks.SendEmail", Body: b})
			v, err = decodeEverything(d), d.Err()
		}
		if limit := uint64(2*memoryAtLeast + 2*memoryPerByte*len(b)); allocatedBytes(decode) > limit {
			t.Fatalf("more than %d bytes allocated for a message of %d", limit, len(b))
		}
		if err != nil {
			if errors.Is(err, ErrMalformed) == errors.Is(err, ErrSchemaMismatch) {
				t.Fatalf("%v is not one of the two kinds", err)
			}
			return
		}

		again := mustEncode(t, v)
		d := benchStub.Decoder(Message{Actor: "tasks.SendEmail", Body: again})
		w := decodeEverything(d)
		if d.Err() != nil {
			t.Fatalf("read %x again: %v", again, d.Err())
		}
		if third := mustEncode(t, w); !bytes.Equal(third, again) {
			t.Fatalf("wrote %x, then %x", again, third)
		}
	})
}

func mustEncode(t *testing.T, v everything) []byte {
	t.Helper()
	return encoded(t, func(e *Encoder) { encodeEverything(e, v) })
}
