// Package lockfile reads and writes actors.lock, the wire contract of a module:
// its queues with all that a broker freezes, its actors with what their
// messages carry, and the structs in them. It knows the form of the file; what
// the source says, and which changes are compatible, is package contract's. It
// depends on little, so that tools that only need the queues stay light.
//
// The file is text, one fact per line, sorted, with a version on its first line:
//
//	actors.lock version 1
//	# comments are not kept when the file is written again
//
//	queue emails
//	queue events broker=analytics type=classic max-priority=9
//
//	actor tasks.ChargeCard queue=emails
//		param order tasks.Order
//		param attempts int
//		result string
//
//	struct tasks.Order
//		field ID int
//		field Items []string omitempty
//		field Next *tasks.Order
//
//	type tasks.Tree map[string]tasks.Tree
//
// A queue line reads like a //actor:queue directive: tokens are quoted as a whole
// where they need to be, and keys that nobody set are left out. The broker is
// named where it is not the default one.
//
// Parameters and fields go by their names on the wire, in the order of the
// source. Their types are what travels, in the words of Go: a named type stands
// for what it is made of, []byte and [16]byte are bytes, a type that marshals
// itself is written text(net/netip.Addr), binary(…) or msgpack(…), and a struct
// by the label of its own lines. A type that contains itself without a struct in
// between has a line of its own. Labels are for readers; two structs with equal
// fields are the same on the wire.
package lockfile

import (
	"go/token"
	"time"
)

const (
	// Name is the name of the file, which lies beside go.mod.
	Name = "actors.lock"
	// Version is the version of the form that this package writes, and the only
	// one that it reads.
	Version = 1
	// Header is the first line.
	Header = firstLine + "1"
	// DefaultBroker is the broker of queues and actors that name none.
	DefaultBroker = "default"
)

// File is a wire contract. Its lists are sorted by name, queues of one name by
// broker. Every Pos says where its owner stands: in the file that it was read
// from (file and line), or in the Go source. It is not part of what is written.
type File struct {
	Queues  []Queue
	Actors  []Actor
	Structs []Struct
	Types   []Definition
}

// Queue is a queue on one broker, with the keys of //actor:queue that the broker
// freezes. A field with its zero value was not set.
type Queue struct {
	Pos token.Position
	// Name is the name without any prefix of a client.
	Name string
	// Broker is never empty: the broker that nobody names is DefaultBroker.
	Broker string
	// Type is "quorum" or "classic".
	Type        string
	MaxPriority int
	MaxLength   int
	// Overflow is "reject-publish" or "drop-head".
	Overflow      string
	DeliveryLimit int
	DeadLetterTTL time.Duration
}

// Actor is what travels between the senders and the workers of one actor.
type Actor struct {
	Pos token.Position
	// Name is the name on the wire.
	Name string
	// Queue and Broker name a queue of the file.
	Queue  string
	Broker string
	// Params are the parameters after the context, in the order of the source.
	Params []Field
	// Result is nil for an actor without one, and ResultPos is where it stands.
	Result    *Type
	ResultPos token.Position
}

// Struct is a struct type that some actor carries.
type Struct struct {
	Pos token.Position
	// Label is what types of the file call it.
	Label string
	// Fields are in the order of the source.
	Fields []Field
}

// Definition is a named slice, array, map or pointer that contains itself.
type Definition struct {
	Pos token.Position
	// Label is what types of the file, this one among them, call it.
	Label string
	Type  *Type
}

// Field is a parameter of an actor or a field of a struct.
type Field struct {
	Pos token.Position
	// Name is the key on the wire.
	Name string
	Type *Type
	// OmitEmpty says that senders leave an empty value out. Parameters are
	// never left out.
	OmitEmpty bool
}
