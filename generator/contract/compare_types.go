package contract

import (
	"fmt"

	"github.com/actorgen/actorgen/generator/lockfile"
)

// types compares the types of one field, parameter or result, which the owner
// describes.
func (c *comparison) types(o owner, locked, source *lockfile.Type) {
	back, forth := takes(&c.locked, locked, &c.source, source), takes(&c.source, source, &c.locked, locked)
	if !back || !forth {
		b := &Breach{
			Locked: o.locked, Source: o.source,
			what: o.of + " " + c.change(locked, source),
		}
		switch {
		case forth:
			b.explain = typeWidened(locked)
		case back:
			b.explain = typeNarrowed(source)
		default:
			b.explain = typeChanged(o.what, ambiguous(&c.locked, locked) || ambiguous(&c.source, source))
		}
		c.breach(o, b)
	}
	c.structs(o, locked, source)
}

// change says what a type has become. Two of one name say more in full.
func (c *comparison) change(locked, source *lockfile.Type) string {
	if locked.String() == source.String() {
		locked, source = c.locked.resolve(locked), c.source.resolve(source)
	}
	if locked.String() == source.String() {
		return "is another " + source.String()
	}
	return fmt.Sprintf("is %s and was %s", source, locked)
}

// structs compares the structs that stand at the same places in both types.
func (c *comparison) structs(o owner, locked, source *lockfile.Type) {
	if locked.Form == lockfile.Named || source.Form == lockfile.Named {
		meeting := [3]string{o.names[0], locked.String(), source.String()}
		if c.seen[meeting] {
			return
		}
		c.seen[meeting] = true
	}
	locked, source = c.locked.resolve(locked), c.source.resolve(source)
	was, is := c.locked.structure(locked), c.source.structure(source)
	if was != nil && is != nil {
		c.fields(o.inner(was, is), was.Fields, is.Fields)
		return
	}
	if locked.Form == source.Form {
		if locked.Key != nil {
			c.structs(o, locked.Key, source.Key)
		}
		if locked.Elem != nil {
			c.structs(o, locked.Elem, source.Elem)
		}
	}
}

// inner is the owner of the fields of a struct that stands in o. A struct without
// a name belongs to what it stands in.
func (o owner) inner(was, is *lockfile.Struct) owner {
	o.what = "field"
	if was.Label == "" || is.Label == "" {
		return o
	}
	if o.actor == "" {
		o.actor = o.names[0]
	}
	o.of, o.locked, o.source = is.Label, was.Pos, is.Pos
	o.names = []string{is.Label, was.Label}
	return o
}
