package emit

import (
	"bytes"
	"unicode/utf8"
)

// layouter formats declarations as gofmt does but without parsing them: gofmt
// would take longer than everything else that generating does. It knows the few
// constructs that this package writes, one statement or element to a line.
type layouter struct {
	out    []byte
	tokens []lexeme // of the line
	blocks []opened // from outside to inside
	rows   []row    // not yet written, because their columns are aligned
	begun  bool
	empty  bool // the innermost block
}

// block is what an opened bracket at the end of a line holds.
type block byte

const (
	statements block = iota
	fields           // of a struct: name and type in columns
	elements         // of a literal: key and value in columns
	arguments
)

// opened is a block that is open.
type opened struct {
	block
	// unclosed counts the brackets before its own that are closed behind it.
	unclosed int
}

// row is a line of two columns.
type row struct{ left, right []byte }

// layout formats one declaration, with its comment. It reports false for what it
// does not know, which is gofmt's then.
func (l *layouter) layout(declaration []byte) ([]byte, bool) {
	*l = layouter{
		out:    make([]byte, 0, len(declaration)+len(declaration)/8),
		tokens: l.tokens[:0], blocks: l.blocks[:0], rows: l.rows[:0],
	}
	comment, code := cutComment(declaration)
	if !isPlain(comment) {
		return nil, false
	}
	l.out = append(l.out, comment...)
	for line := range bytes.Lines(code) {
		if !l.line(bytes.TrimSpace(line)) {
			return nil, false
		}
	}
	l.align()
	return bytes.TrimSuffix(l.out, []byte("\n")), l.begun && len(l.blocks) == 0
}

func (l *layouter) line(line []byte) bool {
	var ok bool
	if l.tokens, ok = lex(l.tokens[:0], line); !ok || l.begun && len(l.blocks) == 0 {
		return false
	}
	l.begun = true
	t := l.tokens
	var behind int // brackets that are closed behind the block that the line closes
	if t[0].closes() {
		if l.align(); len(l.blocks) == 0 || l.empty && !l.inside(statements) {
			return false
		}
		behind = l.blocks[len(l.blocks)-1].unclosed
		l.blocks = l.blocks[:len(l.blocks)-1]
	}
	block, opens, ok := opening(t)
	l.empty = opens
	if !ok || !opens && !l.ends(t) || l.isOdd(t, opens) {
		return false
	}
	if behind += unclosed(within(t, opens), "([{", "}])"); behind < 0 || behind > 0 && !opens {
		return false
	}
	if !opens && !t[0].closes() {
		if left := l.column(t); left > 0 {
			return l.row(t, left)
		}
		if l.inside(fields) || l.inside(elements) && len(t) > 1 && t[1].is(":") { // a key that is no name
			return false
		}
	}
	l.align()
	l.indent(t[0].is("case") || t[0].is("default"))
	if l.out, ok = spaced(l.out, t, opens && (block == statements || block == fields)); !ok {
		return false
	}
	l.out = append(l.out, '\n')
	if opens {
		l.blocks = append(l.blocks, opened{block, behind})
	}
	return true
}

// opening says what a line opens, if its last token does so.
func opening(t []lexeme) (kind block, opens, ok bool) {
	switch last := t[len(t)-1]; {
	case last.is("("):
		return arguments, true, true
	case !last.is("{"):
		return 0, false, true
	case len(t) == 1:
		return 0, false, false
	}
	switch {
	case t[len(t)-2].is(";"), t[0].is("switch") && (len(t) == 2 || has(t, ";")): // nothing that we write
		return 0, false, false
	case len(t) == 4 && t[0].is("type") && t[2].is("struct"):
		return fields, true, true
	case has(t, "struct"): // whose brace it may be, in the parameters of a function
		return 0, false, false
	case t[0].is("if"), t[0].is("for"), t[0].is("switch"), has(t, "func"):
		return statements, true, true
	}
	return elements, true, true
}

// isOdd reports whether a line is of a form that is never generated, and that
// gofmt treats in a way of its own.
func (l *layouter) isOdd(t []lexeme, opens bool) bool {
	switch {
	case t[0].is("{") && (!l.inside(elements) || has(t, "func")): // a block of its own, or the value of a function
		return true
	case l.inside(elements): // another element in the same line
		return opens && isList(t)
	case l.inside(arguments): // a product has no spaces among several
		return has(t, "*")
	case opens && t[0].closes(): // the second of several may be indented
		return true
	}
	return opens && len(t) > 1 && t[1].is(":") // a label
}

// within returns a line without the token that closes the block before and the
// one that opens the next.
func within(t []lexeme, opens bool) []lexeme {
	if opens {
		t = t[:len(t)-1]
	}
	if len(t) > 0 && t[0].closes() {
		t = t[1:]
	}
	return t
}

// ends reports whether a line that opens nothing is the whole of a statement or
// an element.
func (l *layouter) ends(t []lexeme) bool {
	last := t[len(t)-1]
	switch {
	case t[0].is("if"), t[0].is("for"), t[0].is("switch"), has(t, "func") && !t[0].is("var"):
		return false
	case t[0].kind == operator && !t[0].closes() && !t[0].is("{"):
		return false
	case last.kind == keyword:
		return last.is("return")
	case last.is(","):
		return l.inside(elements) || l.inside(arguments)
	case t[0].is("case"), t[0].is("default"), last.is(":"):
		return last.is(":") && t[0].kind == keyword
	case len(t) > 1 && t[1].is(":") && !l.inside(elements): // a label
		return false
	}
	return (last.kind != operator || last.closes() || last.is("]") || last.is("--")) && !has(t, ";")
}

// column returns how many tokens of a line are its first column. Zero is for a
// line without columns.
func (l *layouter) column(t []lexeme) int {
	switch {
	case len(t) < 2 || t[0].kind != word:
		return 0
	case l.inside(fields) && t[len(t)-1].kind != text: // without a tag
		if space, ok := between(t, 1, false); t[1].is("*") || ok && space { // else it is embedded
			return 1
		}
	case l.inside(elements) && t[1].is(":"):
		return 2
	}
	return 0
}

// inside reports which block the line stands in.
func (l *layouter) inside(b block) bool {
	return len(l.blocks) > 0 && l.blocks[len(l.blocks)-1].block == b
}

func (l *layouter) row(t []lexeme, left int) bool {
	const short = 40 // bytes of a key; gofmt asks more of longer ones before it aligns them
	first, ok := spaced(nil, t[:left], false)
	if !ok || l.inside(elements) && len(first) > short+len(":") || isList(t[left:len(t)-1]) { // another element in the same line
		return false
	}
	second, ok := spaced(nil, t[left:], false)
	l.rows = append(l.rows, row{first, second})
	return ok
}

// align writes the rows that wait, all second columns below each other.
func (l *layouter) align() {
	width := 0
	for _, r := range l.rows {
		width = max(width, utf8.RuneCount(r.left))
	}
	for _, r := range l.rows {
		l.indent(false)
		l.out = append(l.out, r.left...)
		for range width - utf8.RuneCount(r.left) + 1 {
			l.out = append(l.out, ' ')
		}
		l.out = append(append(l.out, r.right...), '\n')
	}
	l.rows = l.rows[:0]
}

// indent begins a line. Cases stand one step to the left.
func (l *layouter) indent(isCase bool) {
	n := len(l.blocks)
	if isCase {
		n--
	}
	for range n {
		l.out = append(l.out, '\t')
	}
}
