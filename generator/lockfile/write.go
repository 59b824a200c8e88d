package lockfile

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const comment = `# The wire contract of this module: its queues, and what its messages carry.
# "actorgen lock" writes this file, "actorgen check" compares the source with it.
# Commit it. Comments are not kept.
`

// Text returns the file as bytes. It is the same for files that are equal, and
// Parse reads it back.
func (f *File) Text() []byte {
	var b bytes.Buffer
	b.WriteString(Header + "\n" + comment)
	f = f.sorted()
	if len(f.Queues) > 0 {
		b.WriteByte('\n')
	}
	for _, q := range f.Queues {
		words := []string{"queue", word(q.Name)}
		words = appendBroker(words, q.Broker)
		for _, s := range q.Settings() {
			words = append(words, word(s.Key+"="+s.Value))
		}
		line(&b, words...)
	}
	for _, a := range f.Actors {
		b.WriteByte('\n')
		line(&b, appendBroker([]string{"actor", word(a.Name), word("queue=" + a.Queue)}, a.Broker)...)
		for _, p := range a.Params {
			line(&b, "\tparam", p.String())
		}
		if a.Result != nil {
			line(&b, "\tresult", a.Result.String())
		}
	}
	for _, s := range f.Structs {
		b.WriteByte('\n')
		line(&b, "struct", s.Label)
		for _, field := range s.Fields {
			line(&b, "\tfield", field.String())
		}
	}
	if len(f.Types) > 0 {
		b.WriteByte('\n')
	}
	for _, d := range f.Types {
		line(&b, "type", d.Label, d.Type.String())
	}
	return b.Bytes()
}

func appendBroker(words []string, broker string) []string {
	if broker == DefaultBroker {
		return words
	}
	return append(words, word("broker="+broker))
}

func line(b *bytes.Buffer, words ...string) {
	b.WriteString(strings.Join(words, " "))
	b.WriteByte('\n')
}

// word quotes what would not be read back as one token.
func word(text string) string {
	plain := text != "" && utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return r == ' ' || !unicode.IsPrint(r)
	})
	if plain && text[0] != '"' && text[0] != '`' {
		return text
	}
	return strconv.Quote(text)
}

// sorted returns a copy with its lists in order.
func (f *File) sorted() *File {
	sorted := &File{slices.Clone(f.Queues), slices.Clone(f.Actors), slices.Clone(f.Structs), slices.Clone(f.Types)}
	sorted.Sort()
	return sorted
}

// Sort brings the lists into order.
func (f *File) Sort() {
	slices.SortStableFunc(f.Queues, func(a, b Queue) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Broker, b.Broker))
	})
	slices.SortStableFunc(f.Actors, func(a, b Actor) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortStableFunc(f.Structs, func(a, b Struct) int { return cmp.Compare(a.Label, b.Label) })
	slices.SortStableFunc(f.Types, func(a, b Definition) int { return cmp.Compare(a.Label, b.Label) })
}
