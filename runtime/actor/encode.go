package actor

import (
	"bytes"
	"errors"
	"math"
	"sync"

	"github.com/vmihailenco/msgpack/v5"
)

// Encoder writes the arguments of one message as msgpack. Generated code
// drives it: it comes from [NewEncoder] and goes with [Stub.Message], which
// also reports the first error of all the calls between; after an error the
// other calls have no effect that anybody sees. An Encoder must not be used
// concurrently.
type Encoder struct {
	buffer  bytes.Buffer
	msgpack *msgpack.Encoder // writes to buffer
	depth   int
	err     error
}

// maxPooledBuffer keeps one huge message from holding its memory for ever.
const maxPooledBuffer = 64 << 10

var encoders = sync.Pool{New: func() any {
	e := new(Encoder)
	e.msgpack = msgpack.NewEncoder(&e.buffer)
	return e
}}

// NewEncoder returns an empty encoder.
func NewEncoder() *Encoder { return encoders.Get().(*Encoder) }

// finish returns what was written and gives e back to the pool. The slice is
// of exactly its size, because messages may be kept for long.
func (e *Encoder) finish() ([]byte, error) {
	err := e.err
	var body []byte
	if err == nil {
		body = make([]byte, e.buffer.Len())
		copy(body, e.buffer.Bytes())
	}
	if e.buffer.Cap() <= maxPooledBuffer {
		e.buffer.Reset()
		e.depth, e.err = 0, nil
		encoders.Put(e)
	}
	return body, err
}

// Map begins a map of n keys, each written with Key and followed by its value.
// End closes it.
func (e *Encoder) Map(n int) {
	if e.open() && e.fits(n) {
		e.note(e.msgpack.EncodeMapLen(n))
	}
}

// Key writes a key of a map and returns e for its value.
func (e *Encoder) Key(name string) *Encoder {
	e.String(name)
	return e
}

// End closes the innermost map.
func (e *Encoder) End() { e.depth-- }

// array begins an array of n elements, which End closes.
func (e *Encoder) array(n int) {
	if e.open() && e.fits(n) {
		e.note(e.msgpack.EncodeArrayLen(n))
	}
}

// open enters one level of nesting. Everything that can recurse passes here,
// so a value that holds itself ends in an error and not in a stack overflow.
func (e *Encoder) open() bool {
	if e.depth >= maxDepth {
		e.note(ErrTooDeep)
	}
	e.depth++
	return e.err == nil
}

var errTooLong = errors.New("longer than msgpack can say (32 bits)")

// fits reports whether a length can be written; the library would cut it off.
func (e *Encoder) fits(n int) bool {
	if uint64(n) > math.MaxUint32 {
		e.note(errTooLong)
	}
	return e.err == nil
}

// note keeps the first error.
func (e *Encoder) note(err error) {
	if e.err == nil {
		e.err = err
	}
}
