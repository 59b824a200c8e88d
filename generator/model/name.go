package model

import (
	"unicode"
	"unicode/utf8"
)

// TableFunc is the name of the generated function that returns a package's
// dispatch table.
const TableFunc = "Actors"

// StubType is the name of the type of the stub.
func (a *Actor) StubType() string { return a.Var + "Actor" }

// ArgsType is the name of the type of the decoded arguments.
func (a *Actor) ArgsType() string { return a.Var + "Args" }

// Exported returns name with an upper-case first letter. It is not exported
// where that letter has no case.
func Exported(name string) string { return mapFirst(name, unicode.ToUpper) }

// Unexported returns name with a lower-case first letter.
func Unexported(name string) string { return mapFirst(name, unicode.ToLower) }

func mapFirst(name string, change func(rune) rune) string {
	first, size := utf8.DecodeRuneInString(name)
	return string(change(first)) + name[size:]
}
