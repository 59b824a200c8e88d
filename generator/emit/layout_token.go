package emit

import (
	"bytes"
	"go/token"
	"strings"
	"unicode/utf8"
)

// tokenKind tells words, which need a space between them, from the rest.
type tokenKind byte

const (
	word tokenKind = iota
	keyword
	number
	text
	operator
)

type lexeme struct {
	kind tokenKind
	text []byte
}

func (t lexeme) is(text string) bool { return string(t.text) == text }

func (t lexeme) closes() bool { return t.is("}") || t.is(")") }

// unclosed returns how many more of these brackets the tokens open than they close.
func unclosed(tokens []lexeme, opening, closing string) (n int) {
	for _, t := range tokens {
		switch {
		case len(t.text) != 1:
		case strings.IndexByte(opening, t.text[0]) >= 0:
			n++
		case strings.IndexByte(closing, t.text[0]) >= 0:
			n--
		}
	}
	return n
}

// operators are all that the generated code has, the longer ones first.
var operators = []string{"...", ":=", "==", "!=", "--", "(", ")", "{", "}", "[", "]", ",", ";", ":", ".", "=", "*", "&", "!"}

// lex appends the tokens of a line. It reports false for a line with anything
// else, comments and raw strings among it.
func lex(tokens []lexeme, line []byte) ([]lexeme, bool) {
	for len(line) > 0 {
		if line[0] == ' ' {
			line = line[1:]
			continue
		}
		kind, n := lexOne(line)
		if n == 0 {
			return nil, false
		}
		tokens = append(tokens, lexeme{kind, line[:n]})
		line = line[n:]
	}
	return tokens, len(tokens) > 0
}

// lexOne returns kind and length of the first token of a line.
func lexOne(line []byte) (tokenKind, int) {
	switch c := line[0]; {
	case c == '"':
		return text, quoted(line)
	case isWordByte(c):
		n := 1
		for n < len(line) && isWordByte(line[n]) {
			n++
		}
		switch {
		case '0' <= c && c <= '9':
			return number, decimal(line[:n])
		case token.IsKeyword(string(line[:n])):
			return keyword, n
		}
		return word, n
	}
	for _, o := range operators {
		if bytes.HasPrefix(line, []byte(o)) {
			return operator, len(o)
		}
	}
	return 0, 0
}

// decimal returns the length of a number, or zero for one that is not made of
// digits alone: gofmt may write it otherwise.
func decimal(number []byte) int {
	if len(bytes.Trim(number, "0123456789")) > 0 || number[0] == '0' && len(number) > 1 {
		return 0
	}
	return len(number)
}

func isWordByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c >= utf8.RuneSelf
}

// quoted returns the length of a quoted string, or zero if it does not end, or
// holds a control character, at which gofmt may end the columns.
func quoted(line []byte) int {
	for i := 1; i < len(line) && line[i] >= ' '; i++ {
		switch line[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return 0
}
