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

// Variable returns what a variable of a type called name is called: mailer for
// Mailer, httpClient for HTTPClient, db for DB. It may be a keyword.
func Variable(name string) string {
	runes := []rune(name)
	for i, r := range runes {
		last := i+1 == len(runes)
		if !unicode.IsUpper(r) || i > 0 && !last && unicode.IsLower(runes[i+1]) {
			break
		}
		runes[i] = unicode.ToLower(r)
	}
	return string(runes)
}

func mapFirst(name string, change func(rune) rune) string {
	first, size := utf8.DecodeRuneInString(name)
	return string(change(first)) + name[size:]
}
