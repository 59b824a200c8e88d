package actor

import (
	"errors"
	"fmt"
)

// Decoder reads the arguments of one message. Generated code drives it: it
// comes from [Stub.Decoder], and Err reports the first error of all the calls
// between; after an error every call returns a zero value. What it returns
// shares no memory with the message. A Decoder must not be used concurrently.
type Decoder struct {
	actor  string
	body   []byte // accepted by span
	pos    int
	budget uint64 // bytes of memory that may still be allocated
	err    *DecodeError
}

// One byte of a message can stand for a large value (an empty map for a struct
// of many fields), so what decoding allocates is bounded by the message's size.
const (
	memoryPerByte = 128
	memoryAtLeast = 1 << 20
)

// Decoder returns a decoder of m's arguments, once they were found to be one
// well-formed map and m to be of the stub's actor.
func (s Stub) Decoder(m Message) *Decoder {
	d := newDecoder(s.definition.Name, m.Body)
	if m.Actor != d.actor {
		d.mismatch(fmt.Errorf("the message is of actor %q", m.Actor))
		return d
	}
	if d.accept("arguments") {
		if h, _ := parseHead(m.Body); h.kind != kindMap {
			d.fail(ErrMalformed, fmt.Errorf("got %s, want a map", h.kind))
		}
	}
	return d
}

// accept judges the body, which is to be one well-formed value.
func (d *Decoder) accept(what string) bool {
	switch n, err := span(d.body, maxDepth); {
	case err != nil:
		d.fail(ErrMalformed, err)
	case n != len(d.body):
		d.fail(ErrMalformed, fmt.Errorf("%d bytes behind the %s", len(d.body)-n, what))
	}
	return d.err == nil
}

func newDecoder(actor string, body []byte) *Decoder {
	return &Decoder{actor: actor, body: body, budget: memoryAtLeast + memoryPerByte*uint64(len(body))}
}

// Err returns the first error, which is a [*DecodeError].
func (d *Decoder) Err() error {
	if d.err == nil {
		return nil
	}
	return d.err
}

func (d *Decoder) fail(kind, cause error) {
	if d.err == nil {
		d.err = &DecodeError{Actor: d.actor, Kind: kind, Cause: cause}
	}
}

func (d *Decoder) mismatch(cause error) { d.fail(ErrSchemaMismatch, cause) }

// next reads a head. It returns an invalid one after an error.
func (d *Decoder) next() head {
	if d.err != nil {
		return head{}
	}
	h, _ := parseHead(d.body[d.pos:])
	d.pos += h.size
	return h
}

// expect reads a head of the kind k.
func (d *Decoder) expect(k kind) (head, bool) {
	h := d.next()
	if h.kind != k {
		d.wrongKind(h, k)
		return head{}, false
	}
	return h, true
}

func (d *Decoder) wrongKind(got head, want kind) {
	if d.err == nil {
		d.mismatch(fmt.Errorf("got %s, want %s", got.kind, want))
	}
}

// isNil reads a nil if there is one.
func (d *Decoder) isNil() bool {
	if d.err != nil {
		return false
	}
	h, _ := parseHead(d.body[d.pos:])
	if h.kind != kindNil {
		return false
	}
	d.pos += h.size
	return true
}

// take returns the payload of a head that was just read.
func (d *Decoder) take(h head) []byte {
	end := d.pos + int(h.payload())
	b := d.body[d.pos:end:end]
	d.pos = end
	return b
}

// value returns the bytes of the next value, whatever it is.
func (d *Decoder) value() []byte {
	if d.err != nil {
		return nil
	}
	n, err := span(d.body[d.pos:], maxDepth)
	if err != nil { // cannot be: the whole body was accepted
		d.fail(ErrMalformed, err)
		return nil
	}
	end := d.pos + n
	b := d.body[d.pos:end:end]
	d.pos = end
	return b
}

var errTooLarge = errors.New("takes far more memory than the message has bytes")

// reserve accounts for n things of size bytes that are about to be allocated.
func (d *Decoder) reserve(n uint64, size uintptr) bool {
	if d.err != nil {
		return false
	}
	if size != 0 && n > d.budget/uint64(size) {
		d.fail(ErrMalformed, errTooLarge)
		return false
	}
	d.budget -= n * uint64(size)
	return true
}
