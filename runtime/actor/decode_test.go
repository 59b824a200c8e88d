package actor

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/vmihailenco/msgpack/v5"
)

// body writes a map with the library, as a sender in another language might.
func body(t *testing.T, pairs ...any) []byte {
	t.Helper()
	var b bytes.Buffer
	e := msgpack.NewEncoder(&b)
	if err := errors.Join(e.EncodeMapLen(len(pairs)/2), e.EncodeMulti(pairs...)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func orderOf(body []byte) (order, error) {
	return orderArgs(Message{Actor: "tasks.SendEmail", Body: body})
}

func TestDecodeOrder(t *testing.T) {
	want := benchOrder
	want.Delivery = &address{City: "Lindau"}
	m, err := orderMessage(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := orderArgs(m)
	want.Placed, want.Due = want.Placed.UTC(), want.Due.UTC()
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v (%v), want %+v", got, err, want)
	}
}

// TestDecodeMalformed: bodies that no sender writes are malformed, whatever
// the parameters are.
func TestDecodeMalformed(t *testing.T) {
	for name, b := range map[string][]byte{
		"empty":                   nil,
		"a string":                {0xa1, 'x'},
		"nil":                     {0xc0},
		"an array":                {0x90},
		"text":                    []byte(`{"addr":"ada@example.com"}`),
		"an unused byte":          {0x81, 0xa1, 'x', 0xc1},
		"a missing value":         {0x81, 0xa1, 'x'},
		"a cut number":            {0x81, 0xa1, 'x', 0xcf, 0, 0},
		"a cut string":            {0x81, 0xa1, 'x', 0xa5, 'a'},
		"a cut extension":         {0x81, 0xa1, 'x', 0xd6, 0xff, 0, 0, 0},
		"trailing bytes":          {0x80, 0xc0},
		"a map of four billion":   {0xdf, 0xff, 0xff, 0xff, 0xff},
		"an array of two billion": {0x81, 0xa1, 'x', 0xdd, 0x7f, 0xff, 0xff, 0xff},
		"a string of four GB":     {0x81, 0xa1, 'x', 0xdb, 0xff, 0xff, 0xff, 0xff},
		"bytes of four GB":        {0x81, 0xa1, 'x', 0xc6, 0xff, 0xff, 0xff, 0xff, 0},
		"too deep":                append([]byte{0x81, 0xa1, 'x'}, append(bytes.Repeat([]byte{0x91}, maxDepth), 0xc0)...),
		"16 MB of arrays":         bytes.Repeat([]byte{0x91}, 16<<20),
		"a key twice":             body(t, "id", 1, "id", 2),
	} {
		_, err := orderOf(b)
		var decodeError *DecodeError
		if !errors.Is(err, ErrMalformed) || !errors.As(err, &decodeError) || errors.Is(err, ErrSchemaMismatch) {
			t.Errorf("%s: got %v, want ErrMalformed", name, err)
		}
	}
}

// TestDecodeClaims: a length is measured against the bytes behind it before
// anything is read.
func TestDecodeClaims(t *testing.T) {
	for _, b := range [][]byte{
		{0x93, 1, 2},
		{0x82, 1, 2, 3},
		{0xa3, 'a', 'b'},
		{0xc4, 1},
		{0xc7, 1, 0xff},
	} {
		if n, err := span(b, maxDepth); err == nil || !strings.Contains(err.Error(), "exceeds") {
			t.Errorf("%x: got %d bytes (%v), want the length refused", b, n, err)
		}
		if n, err := span(append(b, 0), maxDepth); err != nil || n != len(b)+1 {
			t.Errorf("%x with one byte more: got %d (%v), want all", b, n, err)
		}
	}
}

// TestDecodeMismatch: well-formed bodies that do not fit the parameters, with
// the path to the bad value.
func TestDecodeMismatch(t *testing.T) {
	home := map[string]any{"Street": "", "City": "", "Country": "", "Zip": "88212"}
	for _, test := range []struct {
		body []byte
		path string
		text string
	}{
		{body(t, "id", "seven"), "id", "got a string, want an integer"},
		{body(t, "id", nil), "id", "got nil, want an integer"},
		{body(t, "id", uint64(1<<63)), "id", "9223372036854775808 does not fit int64"},
		{body(t, "express", 1), "express", "got an integer, want a bool"},
		{body(t, "weight", "heavy"), "weight", "got a string, want a float"},
		{body(t, "placed", "2025-01-01T00:00:00Z"), "placed", "got a string, want an extension"},
		{body(t, "home", []int{1}), "home", "got an array, want a map"},
		{body(t, "home", nil), "home", "got nil, want a map"},
		{body(t, "home", home), "home.Zip", "got a string, want an integer"},
		{body(t, "delivery", home), "delivery.Zip", "got a string, want an integer"},
		{body(t, "ident", 1), "", `key "id" is missing and key "ident" is unknown (renamed?)`},
		{body(t, "home", map[string]any{"Strasse": "x"}), "home", `key "Street" is missing and key "Strasse" is unknown (renamed?)`},
	} {
		_, err := orderOf(test.body)
		var decodeError *DecodeError
		if !errors.As(err, &decodeError) || !errors.Is(err, ErrSchemaMismatch) {
			t.Errorf("%s: got %v, want ErrSchemaMismatch", test.path, err)
			continue
		}
		if decodeError.Path != test.path || decodeError.Cause.Error() != test.text || decodeError.Actor != "tasks.SendEmail" {
			t.Errorf("got %q at %q, want %q at %q", decodeError.Cause, decodeError.Path, test.text, test.path)
		}
	}
	if _, err := orderArgs(Message{Actor: "tasks.Other", Body: []byte{0x80}}); !errors.Is(err, ErrSchemaMismatch) {
		t.Errorf("message of another actor: got %v, want ErrSchemaMismatch", err)
	}
}

// TestDecodePath: indexes and keys of maps are steps of a path.
func TestDecodePath(t *testing.T) {
	d := bareDecoder(body(t, "rows", []any{map[string]any{"x": []any{1, "two"}}}))
	for range d.Fields("rows") {
		DecodeSlice(d, func(d *Decoder) map[string][]int {
			return DecodeMap(d, (*Decoder).String, func(d *Decoder) []int { return DecodeSlice(d, (*Decoder).Int) })
		})
	}
	const want = "decode tasks.Test: rows[0][x][1]: arguments of another schema: got a string, want an integer"
	if d.Err() == nil || d.Err().Error() != want {
		t.Errorf("got %v, want %s", d.Err(), want)
	}
}

// TestDecodeFields: order, missing and unknown keys.
func TestDecodeFields(t *testing.T) {
	deep := any(nil)
	for range maxDepth - 1 {
		deep = []any{deep}
	}
	full := []any{"id", 7, "express", true, "placed", time.Unix(1, 0), "due", time.Unix(2, 0), "home", map[string]any{}, "delivery", nil, "weight", 1.5}
	for name, b := range map[string][]byte{
		"all":        body(t, full...),
		"with more":  body(t, append([]any{"extra", deep, 5, "not a string"}, full...)...),
		"reordered":  body(t, append(append([]any{}, full[2:]...), full[:2]...)...),
		"some":       body(t, "id", 7),
		"integer id": body(t, "id", int64(7)),
	} {
		got, err := orderOf(b)
		if err != nil || got.ID != 7 {
			t.Errorf("%s: got %+v (%v), want 7", name, got, err)
		}
	}
}

// TestDecodeFieldsOptional: a key that may be left out is no sign of a rename.
func TestDecodeFieldsOptional(t *testing.T) {
	read := func(b []byte) error {
		d := bareDecoder(b)
		for range d.FieldsOptional([]string{"nick"}, "name", "nick") {
			_ = d.String()
		}
		return d.Err()
	}
	if err := read(body(t, "name", "a", "new", 1)); err != nil {
		t.Errorf("optional key missing: got %v, want none", err)
	}
	if err := read(body(t, "nick", "a", "new", 1)); !errors.Is(err, ErrSchemaMismatch) {
		t.Errorf("other key missing: got %v, want ErrSchemaMismatch", err)
	}
}

func TestDecodeTimes(t *testing.T) {
	berlin := time.FixedZone("", 3600)
	for _, want := range []time.Time{
		{},
		time.Unix(0, 0),
		time.Unix(-1, 999999999),
		time.Unix(1<<34, 1),
		time.Date(2026, 11, 22, 12, 0, 0, 5, berlin),
		time.Date(-5000, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Now(),
	} {
		d := bareDecoder(encoded(t, func(e *Encoder) { e.Time(want) }))
		if got := d.Time(); d.Err() != nil || got != want.UTC().Round(0) {
			t.Errorf("got %v (%v), want %v", got, d.Err(), want)
		}
	}
	for name, b := range map[string][]byte{
		"another extension":       {0xd6, 0x05, 0, 0, 0, 0},
		"another size":            {0xd5, 0xff, 0, 0},
		"too many nanoseconds":    {0xd7, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0},
		"too many nanoseconds 12": {0xc7, 12, 0xff, 0x3b, 0x9a, 0xca, 0x00, 0, 0, 0, 0, 0, 0, 0, 0},
		"no bytes":                {0xc7, 0, 0xff},
	} {
		d := bareDecoder(b)
		if got := d.Time(); !errors.Is(d.Err(), ErrSchemaMismatch) || !got.IsZero() {
			t.Errorf("%s: got %v (%v), want a mismatch", name, got, d.Err())
		}
	}
}

func TestDecodeContainers(t *testing.T) {
	for name, read := range map[string]func(*Decoder){
		"short array": func(d *Decoder) { var v [3]int; DecodeArray(d, v[:], (*Decoder).Int) },
		"long array":  func(d *Decoder) { var v [1]int; DecodeArray(d, v[:], (*Decoder).Int) },
		"bytes":       func(d *Decoder) { var v [2]byte; d.FixedBytes(v[:]) },
		"a map":       func(d *Decoder) { DecodeMap(d, (*Decoder).Int, (*Decoder).Int) },
		"elements":    func(d *Decoder) { DecodeSlice(d, (*Decoder).String) },
	} {
		d := bareDecoder([]byte{0x92, 1, 2})
		if read(d); !errors.Is(d.Err(), ErrSchemaMismatch) {
			t.Errorf("%s: got %v, want a mismatch", name, d.Err())
		}
	}
	d := bareDecoder([]byte{0xc4, 3, 1, 2, 3})
	var two [2]byte
	if d.FixedBytes(two[:]); !errors.Is(d.Err(), ErrSchemaMismatch) || two != [2]byte{} {
		t.Errorf("three bytes into two: got %v (%v)", two, d.Err())
	}
	d = bareDecoder([]byte{0x82, 1, 1, 0xcc, 1, 2})
	if DecodeMap(d, (*Decoder).Int, (*Decoder).Int); !errors.Is(d.Err(), ErrMalformed) {
		t.Errorf("one key in two widths: got %v, want ErrMalformed", d.Err())
	}
}

type refuses struct{}

func (*refuses) DecodeMsgpack(*msgpack.Decoder) error { return errFailing }
func (*refuses) UnmarshalMsgpack([]byte) error        { return errFailing }
func (*refuses) UnmarshalBinary([]byte) error         { return errFailing }
func (*refuses) UnmarshalText([]byte) error           { return errFailing }

func TestDecodeOwn(t *testing.T) {
	for name, test := range map[string]struct {
		body []byte
		read func(*Decoder)
	}{
		"custom":      {[]byte{1}, func(d *Decoder) { d.Custom(&refuses{}) }},
		"unmarshaler": {[]byte{1}, func(d *Decoder) { d.Unmarshaler(&refuses{}) }},
		"binary":      {[]byte{0xc4, 0}, func(d *Decoder) { d.Binary(&refuses{}) }},
		"text":        {[]byte{0xa0}, func(d *Decoder) { d.Text(&refuses{}) }},
	} {
		d := bareDecoder(test.body)
		test.read(d)
		if !errors.Is(d.Err(), errFailing) || !errors.Is(d.Err(), ErrSchemaMismatch) {
			t.Errorf("%s: got %v, want %v", name, d.Err(), errFailing)
		}
	}
	// What the user's code sees ends with its value.
	d := bareDecoder([]byte{0x92, 1, 2, 3})
	var seen sees
	d.Unmarshaler(&seen)
	if next := d.Int(); !bytes.Equal(seen, []byte{0x92, 1, 2}) || cap(seen) != 3 || next != 3 {
		t.Errorf("got %x (room for %d) and %d, want 920102 and 3", seen, cap(seen), next)
	}
}

type sees []byte

func (s *sees) UnmarshalMsgpack(b []byte) error { *s = b; return nil }

// TestDecodeCopies: nothing that was decoded changes with the message.
func TestDecodeCopies(t *testing.T) {
	b := body(t, "s", "text", "b", []byte("bytes"), "r", []string{"raw"})
	var text string
	var raw msgpack.RawMessage
	var plain []byte
	d := bareDecoder(b)
	for field := range d.Fields("s", "b", "r") {
		switch field {
		case "s":
			text = d.String()
		case "b":
			plain = d.Bytes()
		case "r":
			raw = d.Raw()
		}
	}
	for i := range b {
		b[i] = 0xff
	}
	if d.Err() != nil || text != "text" || string(plain) != "bytes" || string(raw) != "\x91\xa3raw" {
		t.Errorf("got %q, %q, %q (%v)", text, plain, raw, d.Err())
	}
}

// large is a struct that one byte of a message can stand for.
type large struct{ fill [128]uint64 }

func decodeLarge(d *Decoder) large {
	for range d.Fields("fill") {
		d.Raw()
	}
	return large{}
}

// TestDecodeMemory: a small message does not become a large value. What
// allocates too much is refused, in proportion to the message.
func TestDecodeMemory(t *testing.T) {
	const count = 0xffff
	many := func(element ...byte) []byte {
		return append([]byte{0xdc, 0xff, 0xff}, bytes.Repeat(element, count)...)
	}
	for name, test := range map[string]struct {
		body []byte
		read func(*Decoder)
	}{
		"slice": {many(0x80), func(d *Decoder) { DecodeSlice(d, decodeLarge) }},
		"pointers": {many(0x80), func(d *Decoder) {
			DecodeSlice(d, func(d *Decoder) *large { return DecodePointer(d, decodeLarge) })
		}},
		"maps": {many(0x81, 0x00, 0xc0), func(d *Decoder) {
			DecodeSlice(d, func(d *Decoder) map[int][15]int {
				return DecodeMap(d, (*Decoder).Int, func(d *Decoder) (v [15]int) { d.Raw(); return v })
			})
		}},
	} {
		d := bareDecoder(test.body)
		allocated := allocatedBytes(func() { test.read(d) })
		if limit := uint64(memoryAtLeast + 2*memoryPerByte*len(test.body)); allocated > limit {
			t.Errorf("%s: %d bytes allocated for a message of %d, want at most %d", name, allocated, len(test.body), limit)
		}
		if !errors.Is(d.Err(), ErrMalformed) {
			t.Errorf("%s: got %v, want ErrMalformed", name, d.Err())
		}
	}

	// What real messages hold is not.
	d := bareDecoder(many(0x81, 0xa0, 0xa0))
	DecodeSlice(d, func(d *Decoder) map[string]string { return DecodeMap(d, (*Decoder).String, (*Decoder).String) })
	if d.Err() != nil {
		t.Errorf("maps of one empty string: got %v, want no error", d.Err())
	}
}
