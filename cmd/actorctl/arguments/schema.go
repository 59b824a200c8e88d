// Package arguments turns the arguments of messages into JSON and back, by the
// types of actors.lock. It writes the same bytes as generated senders do, and
// reads what generated workers read.
//
//	type in the lock                 JSON
//	bool, integers                   true, 5
//	floats                           1.5, "NaN", "+Inf", "-Inf"
//	string, text(…)                  "text"
//	time.Time                        "2026-03-01T12:00:00.5Z"
//	time.Duration                    "1m30s"
//	[]byte, [16]byte, binary(…)      base64
//	slices, arrays                   [1, 2]
//	maps                             {"key": 1}, integers as keys in quotes
//	structs                          {"Field": 1}, by the names on the wire
//	pointers                         null, or what they point at
//	msgpack.RawMessage, msgpack(…)   any JSON, or {"$msgpack": "hex"} for what JSON cannot say
package arguments

import (
	"errors"
	"fmt"

	"github.com/actorgen/actorgen/generator/lockfile"
)

// Schema knows the actors and types of one lock. It may be used concurrently.
type Schema struct {
	actors  map[string]*lockfile.Actor
	structs map[string][]lockfile.Field
	types   map[string]*lockfile.Type
}

// New returns the schema of a lock, which must not be changed any more.
func New(lock *lockfile.File) *Schema {
	s := &Schema{
		actors:  make(map[string]*lockfile.Actor),
		structs: make(map[string][]lockfile.Field),
		types:   make(map[string]*lockfile.Type),
	}
	for i := range lock.Actors {
		s.actors[lock.Actors[i].Name] = &lock.Actors[i]
	}
	for i := range lock.Structs {
		s.structs[lock.Structs[i].Label] = lock.Structs[i].Fields
	}
	for i := range lock.Types {
		s.types[lock.Types[i].Label] = lock.Types[i].Type
	}
	return s
}

// Actor returns an actor by its name on the wire, nil for none.
func (s *Schema) Actor(name string) *lockfile.Actor { return s.actors[name] }

// maxNesting bounds how types and values nest. Messages end at 100 maps and
// arrays; pointers and names in between take a step each.
const maxNesting = 500

var errNesting = fmt.Errorf("nested deeper than %d levels", maxNesting)

var errUnknownType = errors.New("the lock does not say what this type is")

// resolve returns what a label stands for: a struct as a literal.
func (s *Schema) resolve(t *lockfile.Type) *lockfile.Type {
	if t == nil || t.Form != lockfile.Named {
		return t
	}
	if fields, ok := s.structs[t.Name]; ok {
		return &lockfile.Type{Form: lockfile.Literal, Fields: fields}
	}
	return s.types[t.Name]
}

// isBytes reports whether values travel as bytes.
func isBytes(t *lockfile.Type) bool {
	return (t.Form == lockfile.Slice || t.Form == lockfile.Array) && t.Elem.Form == lockfile.Basic && t.Elem.Name == "byte"
}

const rawMessage = "msgpack.RawMessage"

// isAny reports whether values may be any value of msgpack.
func isAny(t *lockfile.Type) bool {
	return t.Form == lockfile.Basic && t.Name == rawMessage || t.Form == lockfile.Own && t.Encoding == "msgpack"
}
