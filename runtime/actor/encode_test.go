package actor

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vmihailenco/msgpack/v5"
)

// node nests as deep as its list is long.
type node struct{ Next *node }

func encodeNode(e *Encoder, v node) {
	e.Map(1)
	EncodePointer(e.Key("Next"), v.Next, encodeNode)
	e.End()
}

func decodeNode(d *Decoder) node {
	var v node
	for range d.Fields("Next") {
		v.Next = DecodePointer(d, decodeNode)
	}
	return v
}

func list(length int) node {
	var n node
	for range length - 1 {
		n = node{Next: &node{Next: n.Next}}
	}
	return n
}

func encoded(t *testing.T, write func(*Encoder)) []byte {
	t.Helper()
	e := NewEncoder()
	write(e)
	b, err := e.finish()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestEncodeDepth: what is written as deep as allowed can be read again, one
// level more is an error on both sides.
func TestEncodeDepth(t *testing.T) {
	body := encoded(t, func(e *Encoder) { encodeNode(e, list(maxDepth)) })
	d := NewStub(&Definition{Name: "x"}).Decoder(Message{Actor: "x", Body: body})
	depth := 1
	for n := decodeNode(d); n.Next != nil; n = *n.Next {
		depth++
	}
	if d.Err() != nil || depth != maxDepth {
		t.Errorf("read %d levels (%v), want %d", depth, d.Err(), maxDepth)
	}

	e := NewEncoder()
	encodeNode(e, list(maxDepth+1))
	_, err := NewStub(&Definition{Name: "x"}).Message(e)
	var encodeError *EncodeError
	if !errors.Is(err, ErrTooDeep) || !errors.As(err, &encodeError) || encodeError.Actor != "x" {
		t.Errorf("got %v, want an EncodeError of x for ErrTooDeep", err)
	}
}

type branch []branch

func encodeBranch(e *Encoder, v branch) { EncodeSlice(e, v, encodeBranch) }

type roads map[string]roads

func encodeRoads(e *Encoder, v roads) { EncodeMap(e, v, (*Encoder).String, encodeRoads) }

// TestEncodeCycle: values that hold themselves end in an error, at once even
// where they branch.
func TestEncodeCycle(t *testing.T) {
	ring := node{}
	ring.Next = &ring
	tree := branch{nil, nil, nil}
	tree[0], tree[1], tree[2] = tree, tree, tree
	net := roads{}
	net["north"], net["south"] = net, net

	for name, write := range map[string]func(*Encoder){
		"pointers": func(e *Encoder) { encodeNode(e, ring) },
		"slices":   func(e *Encoder) { encodeBranch(e, tree) },
		"maps":     func(e *Encoder) { encodeRoads(e, net) },
	} {
		e := NewEncoder()
		write(e)
		if _, err := e.finish(); !errors.Is(err, ErrTooDeep) {
			t.Errorf("%s: got %v, want ErrTooDeep", name, err)
		}
	}
}

type failing struct{}

var errFailing = errors.New("no such luck")

func (failing) EncodeMsgpack(*msgpack.Encoder) error { return errFailing }
func (failing) MarshalMsgpack() ([]byte, error)      { return nil, errFailing }
func (failing) MarshalBinary() ([]byte, error)       { return nil, errFailing }
func (failing) MarshalText() ([]byte, error)         { return nil, errFailing }

// writes is an encoder of its own that writes exactly these bytes.
type writes []byte

func (w writes) EncodeMsgpack(e *msgpack.Encoder) error {
	_, err := e.Writer().Write(w)
	return err
}

func (w writes) MarshalMsgpack() ([]byte, error) { return w, nil }

// TestEncodeOwn: an error of the user's code comes out, and what the user's
// code writes is exactly one value or an error.
func TestEncodeOwn(t *testing.T) {
	for name, write := range map[string]func(*Encoder){
		"custom":    func(e *Encoder) { e.Custom(failing{}) },
		"marshaler": func(e *Encoder) { e.Marshaler(failing{}) },
		"binary":    func(e *Encoder) { e.Binary(failing{}) },
		"text":      func(e *Encoder) { e.Text(failing{}) },
	} {
		e := NewEncoder()
		write(e)
		e.String("more")
		if _, err := e.finish(); !errors.Is(err, errFailing) || !strings.Contains(err.Error(), "actor.failing") {
			t.Errorf("%s: got %v, want %v of actor.failing", name, err, errFailing)
		}
	}

	deep := append(bytes.Repeat([]byte{0x91}, maxDepth), 0xc0)
	for _, test := range []struct {
		raw  []byte
		good bool
	}{
		{[]byte{0x92, 1, 2}, true},
		{deep[1:], true},
		{deep, false}, // as it would stand inside the map
		{[]byte{1, 2}, false},
		{[]byte{0x92, 1}, false},
		{[]byte{0xc1}, false},
	} {
		for name, write := range map[string]func(*Encoder){
			"raw":       func(e *Encoder) { e.Raw(test.raw) },
			"custom":    func(e *Encoder) { e.Custom(writes(test.raw)) },
			"marshaler": func(e *Encoder) { e.Marshaler(writes(test.raw)) },
		} {
			e := NewEncoder()
			e.Map(1)
			write(e.Key("k"))
			e.End()
			got, err := e.finish()
			if (err == nil) != test.good {
				t.Errorf("%s of %x: got error %v, want good %v", name, test.raw, err, test.good)
			}
			if want := append([]byte{0x81, 0xa1, 'k'}, test.raw...); test.good && !bytes.Equal(got, want) {
				t.Errorf("%s: got %x, want %x", name, got, want)
			}
		}
	}
}

// takes over the encoder that it is lent.
type takes struct{}

func (takes) EncodeMsgpack(e *msgpack.Encoder) error {
	if err := e.EncodeNil(); err != nil {
		return err
	}
	e.SetOmitEmpty(true)
	e.Reset(io.Discard)
	return nil
}

// TestEncodeLent: what the user's code does to the library's encoder does not
// reach the next value.
func TestEncodeLent(t *testing.T) {
	got := encoded(t, func(e *Encoder) {
		e.Custom(takes{})
		e.String("next")
	})
	if want := []byte("\xc0\xa4next"); !bytes.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
}

// TestEncodeMapSorted: equal maps give equal bytes.
func TestEncodeMapSorted(t *testing.T) {
	numbers := make(map[int]int)
	var want []byte
	want = append(want, 0xdc+2, 0, 100)
	for i := range 100 {
		numbers[i] = 0
		want = append(want, byte(i), 0)
	}
	if got := encoded(t, func(e *Encoder) { EncodeMap(e, numbers, (*Encoder).Int, (*Encoder).Int) }); !bytes.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
}

// TestEncodeEmptyOwn: writing nothing is an error for msgpack, and comes back
// as nothing for the others.
func TestEncodeEmptyOwn(t *testing.T) {
	e := NewEncoder()
	e.Custom(writes(nil))
	if _, err := e.finish(); err == nil {
		t.Error("a custom encoder that writes nothing: got no error")
	}
	if got := encoded(t, func(e *Encoder) { e.Binary(nothing{}) }); !bytes.Equal(got, []byte{0xc4, 0}) {
		t.Errorf("got %x, want empty bytes", got)
	}
}

type nothing struct{}

func (nothing) MarshalBinary() ([]byte, error) { return nil, nil }

// TestEncoderPool: encoders that come back from the pool carry nothing over,
// and the bodies that they wrote stay as they are.
func TestEncoderPool(t *testing.T) {
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for j := range 200 {
				if j%3 == 0 {
					bad := NewEncoder()
					encodeNode(bad, list(maxDepth+1))
					bad.finish()
				}
				want := fmt.Sprintf("%d/%d", i, j)
				m, err := stringMessage(want)
				encodeOther(j)
				if got, decodeErr := stringArgs(m); err != nil || decodeErr != nil || got != want {
					t.Errorf("got %q (%v, %v), want %q", got, err, decodeErr, want)
				}
				if cap(m.Body) != len(m.Body) {
					t.Errorf("body of %d bytes holds %d", len(m.Body), cap(m.Body))
				}
			}
		})
	}
	group.Wait()
}

// encodeOther uses the pool for a message of another size in between.
func encodeOther(n int) {
	e := NewEncoder()
	e.String(strings.Repeat("x", n))
	e.finish()
}

// TestEncodeReadable: a reader that knows nothing of actorgen understands it.
func TestEncodeReadable(t *testing.T) {
	m, err := orderMessage(benchOrder)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := msgpack.Unmarshal(m.Body, &got); err != nil {
		t.Fatal(err)
	}
	home, _ := got["home"].(map[string]any)
	placed, _ := got["placed"].(time.Time)
	if len(got) != 7 || home["City"] != "Ravensburg" || !placed.Equal(benchOrder.Placed) || got["delivery"] != nil || got["weight"] != 2.5 {
		t.Errorf("got %v, want the fields of %+v", got, benchOrder)
	}
}

func TestEncodeTooLong(t *testing.T) {
	e := NewEncoder()
	if e.fits(1<<32) || e.err == nil {
		t.Error("a length of 33 bits was accepted")
	}
	if e := NewEncoder(); !e.fits(1<<32 - 1) {
		t.Error("a length of 32 bits was refused")
	}
}
