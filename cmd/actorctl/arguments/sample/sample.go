// Package sample has actors with parameters of every kind, for the tests of
// package arguments, which compare what it writes to what their stubs write.
//
//actor:defaults queue=arguments-sample
package sample

import (
	"context"
	"math/big"
	"net/netip"
	"net/url"
	"time"

	"github.com/vmihailenco/msgpack/v5"
)

//go:generate go tool actorgen .

// Numbers has each kind of number.
type Numbers struct {
	I   int
	I8  int8
	I16 int16
	I32 int32
	I64 int64
	U   uint
	U8  uint8
	U16 uint16
	U32 uint32
	U64 uint64
	F32 float32
	F64 float64
}

// Texts has what is a text in JSON.
type Texts struct {
	S     string `msgpack:"s"`
	At    time.Time
	For   time.Duration
	Bytes []byte
	Fixed [4]byte
	IP    netip.Addr
	URL   *url.URL
	Sum   big.Int
}

// Lists has what holds others.
type Lists struct {
	Words   []string
	Three   [3]int8
	Nested  [][]bool
	Names   map[string]int
	Squares map[int]uint64
	Large   map[uint64]string
	Waits   map[time.Duration]string
	Inner   struct{ A, B string }
}

// Tree contains itself.
type Tree struct {
	Value int
	Left  *Tree
	Right *Tree
}

// Forest contains itself without a struct in between.
type Forest map[string]Forest

// Sparse leaves out what is empty.
type Sparse struct {
	S  string            `msgpack:"s,omitempty"`
	N  int               `msgpack:"n,omitempty"`
	F  float64           `msgpack:"f,omitempty"`
	B  bool              `msgpack:"b,omitempty"`
	L  []int             `msgpack:"l,omitempty"`
	M  map[string]string `msgpack:"m,omitempty"`
	P  *int              `msgpack:"p,omitempty"`
	At time.Time         `msgpack:"at,omitempty"`
	X  []byte            `msgpack:"x,omitempty"`
	// Last is always there.
	Last int
}

// count takes numbers.
//
//actor:task
func count(ctx context.Context, flag bool, numbers Numbers) error { return ctx.Err() }

// write takes texts.
//
//actor:task
func write(ctx context.Context, texts Texts) error { return ctx.Err() }

// gather takes lists.
//
//actor:task
func gather(ctx context.Context, lists Lists, more ...Sparse) error { return ctx.Err() }

// grow takes what contains itself, and any value.
//
//actor:task
func grow(ctx context.Context, tree *Tree, forest Forest, raw msgpack.RawMessage) error {
	return ctx.Err()
}

// rest takes nothing.
//
//actor:task
func rest(ctx context.Context) error { return ctx.Err() }
