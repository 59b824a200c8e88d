package emit

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// cutComment parts a declaration from the comment above it.
func cutComment(declaration []byte) (comment, code []byte) {
	code = declaration
	for bytes.HasPrefix(code, []byte("//")) {
		end := bytes.IndexByte(code, '\n') + 1
		if end == 0 {
			end = len(code)
		}
		code = code[end:]
	}
	return declaration[:len(declaration)-len(code)], code
}

// isPlain reports whether gofmt leaves a doc comment as it is: it is made of
// paragraphs that nothing could take for a heading, a list or a piece of code.
func isPlain(comment []byte) bool {
	blank, single := true, false // the line before was empty, or alone behind an empty one
	for line := range bytes.Lines(comment) {
		text, ok := bytes.CutPrefix(bytes.TrimSuffix(line, []byte("\n")), []byte("//"))
		switch {
		case !ok:
			return false
		case len(text) == 0:
			if blank || single {
				return false
			}
			blank = true
		case !isProse(text):
			return false
		default:
			first := len(comment) > 0 && &line[0] == &comment[0]
			blank, single = false, blank && !first
		}
	}
	return !blank || len(comment) == 0
}

// isProse reports whether a line of text begins with a letter, as no item of a
// list does, and has nothing in it that gofmt might change.
func isProse(text []byte) bool {
	if text[0] != ' ' {
		return false
	}
	first, _ := utf8.DecodeRune(text[1:])
	last, _ := utf8.DecodeLastRune(text)
	if !unicode.IsLetter(first) || unicode.IsSpace(last) || bytes.ContainsFunc(text, unicode.IsControl) {
		return false
	}
	for _, odd := range []string{"  ", "``", "''"} {
		if bytes.Contains(text, []byte(odd)) {
			return false
		}
	}
	return true
}
