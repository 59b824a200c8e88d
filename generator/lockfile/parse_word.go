package lockfile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// name reads a word, which may be quoted.
func (c *cursor) name() (string, error) {
	if strings.HasPrefix(c.text, `"`) || strings.HasPrefix(c.text, "`") {
		quoted, err := strconv.QuotedPrefix(c.text)
		if err != nil {
			return "", fmt.Errorf("name has no closing quote")
		}
		c.text = c.text[len(quoted):]
		name, err := strconv.Unquote(quoted)
		if err == nil && name == "" {
			err = fmt.Errorf("name is empty")
		}
		return name, err
	}
	i := strings.IndexFunc(c.text, unicode.IsSpace)
	if i <= 0 {
		return "", fmt.Errorf("%q is not a name and a type", c.text)
	}
	name := c.text[:i]
	c.text = c.text[i:]
	return name, nil
}

// word reads a type that is a name.
func (c *cursor) word() (*Type, error) {
	n := label(c.text)
	name := c.text[:n]
	c.text = c.text[n:]
	switch {
	case n == 0:
		return nil, fmt.Errorf("%q is not a type", c.text)
	case name == "byte":
		return nil, fmt.Errorf("a byte alone is a uint8")
	case isBasic(name):
		return &Type{Name: name}, nil
	case slices.Contains(Encodings, name) && c.take("("):
		n := label(c.text)
		own := c.text[:n]
		c.text = c.text[n:]
		if n == 0 || !c.take(")") {
			return nil, fmt.Errorf("%s( is not followed by a type and a closing parenthesis", name)
		}
		return &Type{Form: Own, Encoding: name, Name: own}, nil
	}
	c.named = append(c.named, name)
	return &Type{Form: Named, Name: name}, nil
}

// label returns the length of the label that text begins with: a name with dots
// and slashes, and perhaps type arguments in brackets.
func label(text string) int {
	depth := 0
	for i, r := range text {
		switch {
		case r == '[' && i > 0:
			depth++
		case r == ']' && depth > 0:
			depth--
		case depth > 0 && (r == ',' || r == '*' || r == '[' || r == ']'):
		case unicode.IsLetter(r) || r == '_':
		case i > 0 && (unicode.IsDigit(r) || strings.ContainsRune("./-~+#", r)):
		default:
			return end(i, depth)
		}
	}
	return end(len(text), depth)
}

// end refuses a label whose brackets are open.
func end(n, depth int) int {
	if depth > 0 {
		return 0
	}
	return n
}
