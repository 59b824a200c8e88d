package arguments

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/actorgen/actorgen/generator/lockfile"
	"github.com/actorgen/actorgen/generator/suggest"
)

// object is a JSON object in its order.
type object []member

type member struct {
	name string
	raw  json.RawMessage
}

// get returns the value of a key, trimmed.
func (o object) get(name string) (json.RawMessage, bool) {
	for _, m := range o {
		if m.name == name {
			return m.raw, true
		}
	}
	return nil, false
}

// members splits a valid JSON object, in which no key stands twice.
func members(raw json.RawMessage) (object, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || raw[0] != '{' {
		return nil, fmt.Errorf("%s is no object (want {…})", excerpt(string(raw)))
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	var all object
	seen := make(map[string]bool)
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		m := member{name: key.(string)} // no other token is a key of valid JSON
		if err := d.Decode(&m.raw); err != nil {
			return nil, err
		}
		if seen[m.name] {
			return nil, fmt.Errorf("%q stands twice", m.name)
		}
		seen[m.name] = true
		all = append(all, m)
	}
	return all, nil
}

// known refuses keys that no field has.
func known(given object, fields []lockfile.Field, what, owner string) error {
	names := make([]string, len(fields))
	for i := range fields {
		names[i] = fields[i].Name
	}
	for _, m := range given {
		if slices.Contains(names, m.name) {
			continue
		}
		there := suggest.Hint(m.name, names)
		switch {
		case there != "":
		case len(names) == 0:
			there = "there are none"
		default:
			there = "there are " + strings.Join(names, ", ")
		}
		if owner != "" {
			what += " of " + owner
		}
		return fmt.Errorf("%q is no %s (%s)", m.name, what, there)
	}
	return nil
}

// isEmpty reports whether omitempty leaves a value out, as far as the lock tells:
// a type whose own IsZero decides is taken for filled.
func (s *Schema) isEmpty(t *lockfile.Type, raw json.RawMessage) bool {
	if t = s.resolve(t); t == nil {
		return false
	}
	text := string(raw)
	switch t.Form {
	case lockfile.Slice, lockfile.Map:
		inside := ""
		if len(text) > 1 {
			inside = strings.TrimSpace(text[1 : len(text)-1])
		}
		return text == "null" || inside == ""
	case lockfile.Pointer:
		return text == "null"
	case lockfile.Basic:
		return isZero(t.Name, text)
	}
	return false
}

func isZero(name, text string) bool {
	switch {
	case name == rawMessage:
		return text == "null"
	case name == "bool":
		return text == "false"
	case name == "string":
		return text == `""`
	case name == "time.Time":
		at, err := parseTime(text)
		return err == nil && at.IsZero()
	case name == "time.Duration":
		d, err := parseDuration(text)
		return err == nil && d == 0
	}
	v, err := parseFloat(text, "float64")
	return err == nil && v == 0
}
