// Package diagnostic holds what the generator says about the user's source:
// problems with a position and, where there is one, a way out.
package diagnostic

import (
	"cmp"
	"fmt"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
)

// Diagnostic is one problem in the source.
type Diagnostic struct {
	Pos     token.Position
	Message string
	// Hint says what to do about it. It may be empty.
	Hint string
	// Related are other places that the message speaks of.
	Related []token.Position
}

// String returns "file:line:col: message (hint)".
func (d Diagnostic) String() string {
	text := d.Message
	if d.Hint != "" {
		text += " (" + d.Hint + ")"
	}
	if d.Pos.Filename == "" {
		return text
	}
	return fmt.Sprintf("%s: %s", d.Pos, text)
}

// List collects the diagnostics of a run.
type List []Diagnostic

// Addf appends a diagnostic, in one line whatever the arguments hold. The hint
// may be empty.
func (l *List) Addf(pos token.Position, hint, format string, args ...any) {
	*l = append(*l, Diagnostic{Pos: pos, Message: oneLine(fmt.Sprintf(format, args...)), Hint: hint})
}

// Relate adds places to the diagnostic that was added last.
func (l List) Relate(places ...token.Position) {
	last := &l[len(l)-1]
	last.Related = append(last.Related, places...)
}

// oneLine joins the lines of messages that come from elsewhere.
func oneLine(text string) string {
	if !strings.ContainsAny(text, "\r\n\t") {
		return text
	}
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\r' || r == '\n' || r == '\t' }), " ")
}

// Sorted returns the diagnostics by position, each once, with file names
// relative to dir where they lie below it.
func (l List) Sorted(dir string) List {
	sorted := slices.Clone(l)
	short := func(pos token.Position) token.Position {
		pos.Filename, pos.Offset = Relative(dir, pos.Filename), 0
		return pos
	}
	for i, d := range l {
		sorted[i].Pos, sorted[i].Related = short(d.Pos), nil
		for _, pos := range d.Related {
			sorted[i].Related = append(sorted[i].Related, short(pos))
		}
	}
	slices.SortFunc(sorted, func(a, b Diagnostic) int {
		return cmp.Or(
			strings.Compare(a.Pos.Filename, b.Pos.Filename),
			cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Column, b.Pos.Column),
			strings.Compare(a.Message, b.Message),
			strings.Compare(a.Hint, b.Hint),
		)
	})
	return slices.CompactFunc(sorted, func(a, b Diagnostic) bool {
		return a.Pos == b.Pos && a.Message == b.Message && a.Hint == b.Hint
	})
}

// Relative names a file as seen from dir. It leaves names alone that are outside
// of dir's tree by more than a few steps: a long row of "../" helps nobody.
func Relative(dir, name string) string {
	if !filepath.IsAbs(name) {
		return name
	}
	short, err := filepath.Rel(dir, name)
	if err != nil || len(short) > len(name) {
		return name
	}
	return short
}
