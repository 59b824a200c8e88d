// Package code builds Go source out of pieces, each of which is text as soon as
// it is made. Where packages are named, the file fills in what it imports them
// as. The result parses, but is not formatted.
package code

import (
	"fmt"
	"strconv"
)

// Code is a piece of source.
type Code interface{ text() []byte }

// Statement is a piece that every method appends to, and returns. Appending copies
// what is appended, so a piece may be used again until then.
type Statement struct {
	source []byte
	// isCase says that its block has no braces.
	isCase bool
}

func (s *Statement) text() []byte { return s.source }

// token appends what needs a space in front of it.
func (s *Statement) token(text string) *Statement {
	const usual = 48 // bytes of a piece
	switch {
	case s.source == nil:
		s.source = make([]byte, 0, max(usual, len(text)))
	case len(s.source) > 0:
		s.source = append(s.source, ' ')
	}
	s.source = append(s.source, text...)
	return s
}

// list appends items in brackets.
func (s *Statement) list(opening string, items []Code, separator, closing string) *Statement {
	s.source = append(s.source, opening...)
	for i, item := range items {
		if i > 0 {
			s.source = append(s.source, separator...)
		}
		s.source = append(s.source, item.text()...)
	}
	s.source = append(s.source, closing...)
	return s
}

// rows appends items in braces, one to a line.
func (s *Statement) rows(items []Code, separator string) *Statement {
	s.source = append(s.source, "{\n"...)
	for _, item := range items {
		s.source = append(append(append(s.source, item.text()...), separator...), '\n')
	}
	s.source = append(s.source, '}')
	return s
}

// Clone returns a copy, to which other things can be appended.
func (s *Statement) Clone() *Statement { return new(Statement).Add(s) }

// Add appends pieces.
func (s *Statement) Add(pieces ...Code) *Statement {
	for _, piece := range pieces {
		s.token("")
		s.source = append(s.source, piece.text()...)
	}
	return s
}

// Id appends an identifier, Op an operator.
func (s *Statement) Id(name string) *Statement { return s.token(name) }
func (s *Statement) Op(text string) *Statement { return s.token(text) }

// Qual appends an identifier of a package, qualified where the file needs it.
func (s *Statement) Qual(importPath, name string) *Statement {
	s.token("")
	s.source = append(s.source, mark)
	s.source = append(s.source, importPath...)
	s.source = append(s.source, mark)
	s.source = append(s.source, name...)
	return s
}

// Lit appends a literal: a string, a number or a bool.
func (s *Statement) Lit(value any) *Statement {
	if text, ok := value.(string); ok {
		return s.token(strconv.Quote(text))
	}
	return s.token(fmt.Sprint(value))
}

// Dot appends a selector.
func (s *Statement) Dot(name string) *Statement {
	s.source = append(append(s.source, '.'), name...)
	return s
}

// Call and Params append a list in parentheses.
func (s *Statement) Call(arguments ...Code) *Statement { return s.list("(", arguments, ",", ")") }
func (s *Statement) Params(params ...Code) *Statement  { return s.token("").list("(", params, ",", ")") }

// Values appends the elements of a literal in one line, Rows one to a line.
func (s *Statement) Values(elements ...Code) *Statement { return s.list("{", elements, ",", "}") }
func (s *Statement) Rows(elements ...Code) *Statement   { return s.rows(elements, ",") }

// Index appends an index, or the beginning of the type of an array or a slice.
func (s *Statement) Index(of ...Code) *Statement { return s.token("").list("[", of, "", "]") }

// Types appends type arguments.
func (s *Statement) Types(arguments ...Code) *Statement { return s.list("[", arguments, ",", "]") }

// Map appends the beginning of the type of a map.
func (s *Statement) Map(key Code) *Statement { return s.token("map").list("[", []Code{key}, "", "]") }

// Struct appends a struct type.
func (s *Statement) Struct(fields ...Code) *Statement {
	if len(fields) == 0 {
		return s.token("struct{}")
	}
	return s.token("struct").rows(fields, "")
}

// Block appends a block of statements. That of a case has no braces.
func (s *Statement) Block(statements ...Code) *Statement {
	if !s.isCase {
		return s.token("").rows(statements, "")
	}
	return s.list(":\n", statements, "\n", "")
}

// BlockFunc is Block for the statements that f adds.
func (s *Statement) BlockFunc(f func(*Group)) *Statement {
	var g Group
	f(&g)
	return s.Block(g.items...)
}
