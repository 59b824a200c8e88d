package lockfile

import (
	"fmt"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// maxDepth bounds how deep types nest.
const maxDepth = 100

// cursor reads a type from the text of one line.
type cursor struct {
	text  string
	pos   token.Position
	depth int
	named []string // the labels read so far
}

// typeOf reads a line that is a type to its end.
func (p *parser) typeOf(text string) *Type {
	c := &cursor{text: text, pos: p.pos}
	t, err := c.typ()
	if err == nil && c.text != "" {
		err = fmt.Errorf("%q behind type %s is not understood", c.text, t)
	}
	if err != nil {
		p.problem("", "%v", err)
		return nil
	}
	p.refer(c)
	return t
}

// fieldOf reads a line that is a name, a type and perhaps an option.
func (p *parser) fieldOf(what, text string) (Field, bool) {
	c := &cursor{text: text, pos: p.pos}
	f, err := c.field()
	switch {
	case err == nil && c.text != "":
		err = fmt.Errorf("%q behind type %s is not understood", c.text, f.Type)
	case err == nil && what == "parameter" && f.OmitEmpty:
		err = fmt.Errorf("a parameter is never left out")
	}
	if err != nil {
		p.problem("", "%s: %v", what, err)
		return Field{}, false
	}
	p.refer(c)
	return f, true
}

func (p *parser) refer(c *cursor) {
	for _, name := range c.named {
		p.named = append(p.named, reference{name, p.pos})
	}
}

// field reads name, type and option.
func (c *cursor) field() (Field, error) {
	name, err := c.name()
	if err != nil {
		return Field{}, err
	}
	c.space()
	t, err := c.typ()
	if err != nil {
		return Field{}, err
	}
	f := Field{Pos: c.pos, Name: name, Type: t}
	if rest, ok := strings.CutPrefix(c.text, " "); ok {
		if rest, ok = strings.CutPrefix(strings.TrimLeft(rest, " "), omitEmpty); ok {
			f.OmitEmpty, c.text = true, rest
		}
	}
	return f, nil
}

func (c *cursor) space() { c.text = strings.TrimLeftFunc(c.text, unicode.IsSpace) }

// take reads a text if it comes next.
func (c *cursor) take(text string) bool {
	rest, ok := strings.CutPrefix(c.text, text)
	c.text = rest
	return ok
}

func (c *cursor) typ() (*Type, error) {
	if c.depth == maxDepth {
		return nil, fmt.Errorf("type nests deeper than %d levels", maxDepth)
	}
	c.depth++
	defer func() { c.depth-- }()
	switch {
	case c.take("[]"):
		elem, err := c.elem()
		return &Type{Form: Slice, Elem: elem}, err
	case c.take("["):
		return c.array()
	case c.take("*"):
		elem, err := c.typ()
		return &Type{Form: Pointer, Elem: elem}, err
	case c.take("map["):
		return c.mapping()
	case c.take("struct{"):
		return c.literal()
	}
	return c.word()
}

func (c *cursor) array() (*Type, error) {
	digits, rest, ok := strings.Cut(c.text, "]")
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || n < 0 || strconv.Itoa(n) != digits {
		return nil, fmt.Errorf("%q is not a length and a type", "["+c.text)
	}
	c.text = rest
	elem, err := c.elem()
	return &Type{Form: Array, Len: n, Elem: elem}, err
}

// elem reads the type of elements, where byte has a meaning of its own.
func (c *cursor) elem() (*Type, error) {
	if n := label(c.text); c.text[:n] == "byte" {
		c.text = c.text[n:]
		return &Type{Name: "byte"}, nil
	}
	return c.typ()
}

func (c *cursor) mapping() (*Type, error) {
	key, err := c.typ()
	if err != nil {
		return nil, err
	}
	if !c.take("]") {
		return nil, fmt.Errorf("key of a map has no closing bracket before %q", c.text)
	}
	elem, err := c.typ()
	return &Type{Form: Map, Key: key, Elem: elem}, err
}

func (c *cursor) literal() (*Type, error) {
	t := &Type{Form: Literal}
	if c.take("}") {
		return t, nil
	}
	for {
		f, err := c.field()
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(t.Fields, func(other Field) bool { return other.Name == f.Name }) {
			return nil, fmt.Errorf("field %q stands twice", f.Name)
		}
		t.Fields = append(t.Fields, f)
		switch {
		case c.take("}"):
			return t, nil
		case !c.take(";"):
			return nil, fmt.Errorf("%q between the fields of a struct is not understood", c.text)
		}
		c.space()
	}
}
