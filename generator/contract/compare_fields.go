package contract

import (
	"fmt"
	"go/token"
	"slices"

	"github.com/actorgen/actorgen/generator/lockfile"
)

// owner is what has fields: an actor with its parameters, or a struct.
type owner struct {
	// names accept a breach of the fields.
	names []string
	// what the fields are called, and whose they are.
	what, of string
	// locked and source are where the owner stands.
	locked, source token.Position
	// actor is set for structs: the one on whose account it is looked at.
	actor string
	// readers read what the other version writes.
	readers readers
}

// ownerOf returns the owner of an actor's parameters.
func ownerOf(locked, source *lockfile.Actor, r readers) owner {
	return owner{
		names: []string{locked.Name}, what: "parameter", of: fmt.Sprintf("actor %q", locked.Name),
		locked: locked.Pos, source: source.Pos, readers: r,
	}
}

// breach adds a breach of one of the owner's fields. Of a struct there may be the
// same already, on account of another actor.
func (c *comparison) breach(o owner, b *Breach) {
	b.Names, b.readers = o.names, o.readers
	if o.actor == "" {
		c.breaches = append(c.breaches, b)
		return
	}
	key := fmt.Sprint(b.Locked, b.Source, b.what)
	known := c.known[key]
	if known == nil {
		known = b
		c.known[key] = b
		c.breaches = append(c.breaches, b)
	}
	known.readers |= o.readers
	if !slices.Contains(known.Actors, o.actor) {
		known.Actors = append(known.Actors, o.actor)
	}
}

// fields compares what is keyed by name, whatever the order.
func (c *comparison) fields(o owner, locked, source []lockfile.Field) {
	added := missing(source, locked)
	for _, gone := range missing(locked, source) {
		c.breach(o, goneField(o, gone, added))
	}
	for _, is := range source {
		i := slices.IndexFunc(locked, func(f lockfile.Field) bool { return f.Name == is.Name })
		if i < 0 {
			continue
		}
		was := locked[i]
		if is.OmitEmpty && !was.OmitEmpty && len(added) > 0 {
			c.breach(o, &Breach{
				Locked: was.Pos, Source: is.Pos,
				what:    fmt.Sprintf("%s %q of %s got omitempty while %q is new", o.what, is.Name, o.of, added[0].Name),
				explain: fieldOmitted,
			})
		}
		place := o
		place.of = fmt.Sprintf("%s %q of %s", o.what, is.Name, o.of)
		place.locked, place.source = was.Pos, is.Pos
		c.types(place, was.Type, is.Type)
	}
}

// missing returns the fields of list whose names others does not have.
func missing(list, others []lockfile.Field) []lockfile.Field {
	var fields []lockfile.Field
	for _, f := range list {
		if !slices.ContainsFunc(others, func(other lockfile.Field) bool { return other.Name == f.Name }) {
			fields = append(fields, f)
		}
	}
	return fields
}

// goneField explains what becomes of messages when a field goes: a key that is
// missing alone is read as zero, and beside one that is unknown it is a mismatch.
func goneField(o owner, gone lockfile.Field, added []lockfile.Field) *Breach {
	b := &Breach{Locked: gone.Pos, Source: o.source}
	renamed := slices.IndexFunc(added, func(f lockfile.Field) bool { return f.Type.String() == gone.Type.String() })
	if renamed < 0 {
		renamed = 0
	}
	if len(added) == 0 || gone.OmitEmpty && !slices.ContainsFunc(added, func(f lockfile.Field) bool { return !f.OmitEmpty }) {
		b.what = fmt.Sprintf("%s %q of %s is gone", o.what, gone.Name, o.of)
		b.explain = fieldGone
		return b
	}
	name := added[renamed].Name
	keep := fmt.Sprintf("keep the name %q", gone.Name)
	if o.what == "field" {
		keep += fmt.Sprintf(" with a tag `msgpack:%q`", gone.Name)
	}
	b.Source = added[renamed].Pos
	b.what = fmt.Sprintf("%s %q of %s is gone and %q is new", o.what, gone.Name, o.of, name)
	b.explain = fieldRenamed(fmt.Sprintf("%s, or add %q now and remove %q in a later release, when nothing from before waits", keep, name, gone.Name))
	return b
}
