package contract

import (
	"fmt"
	"go/types"
	"maps"
	"slices"

	"github.com/actorgen/actorgen/generator/lockfile"
	"github.com/actorgen/actorgen/generator/model"
	"github.com/actorgen/actorgen/generator/shape"
)

// namedType is a type that the contract refers to by a label: a struct, or a type
// that contains itself without a struct in between.
type namedType struct {
	named *types.Named
	shape *shape.Shape
	label string
}

// namedTypes finds what actors carry of them, by the exact name.
func namedTypes(actors []*model.Actor) map[string]*namedType {
	c := collector{named: make(map[string]*namedType), seen: make(map[*shape.Shape]bool)}
	for _, a := range actors {
		for _, p := range a.Params {
			c.collect(p.Shape)
		}
		if a.Result != nil {
			c.collect(a.Result)
		}
	}
	label(c.named)
	return c.named
}

type collector struct {
	named map[string]*namedType
	seen  map[*shape.Shape]bool
}

func (c *collector) collect(s *shape.Shape) {
	if c.seen[s] {
		return
	}
	c.seen[s] = true
	if named, ok := types.Unalias(s.Type).(*types.Named); ok && (s.Form == shape.Struct || containsItself(s)) {
		name := exact.of(named)
		if c.named[name] != nil {
			return // another signature has it, and a shape of its own for it
		}
		c.named[name] = &namedType{named: named, shape: s}
	}
	for _, part := range parts(s) {
		c.collect(part)
	}
}

// parts are the shapes that a shape is made of.
func parts(s *shape.Shape) []*shape.Shape {
	var parts []*shape.Shape
	for _, part := range []*shape.Shape{s.Key, s.Elem} {
		if part != nil {
			parts = append(parts, part)
		}
	}
	for _, f := range s.Fields {
		parts = append(parts, f.Shape)
	}
	return parts
}

// containsItself reports whether a type would be written without end, because
// the way from it to itself leads through no named struct.
func containsItself(s *shape.Shape) bool {
	seen := make(map[*shape.Shape]bool)
	var reaches func(from *shape.Shape) bool
	reaches = func(from *shape.Shape) bool {
		for _, part := range parts(from) {
			_, named := types.Unalias(part.Type).(*types.Named)
			switch {
			case part == s:
				return true
			case seen[part], named && part.Form == shape.Struct:
				continue
			}
			seen[part] = true
			if reaches(part) {
				return true
			}
		}
		return false
	}
	return reaches(s)
}

// exactName is the key of a shape among the named types, if its type has a name.
func exactName(s *shape.Shape) string {
	if named, ok := types.Unalias(s.Type).(*types.Named); ok {
		return exact.of(named)
	}
	return ""
}

// label calls types package.Name, or writes the path where two would be called so,
// or one and a basic type.
func label(all map[string]*namedType) {
	alike, taken := make(map[string]map[string]bool), make(map[string]int)
	for _, basic := range lockfile.Basics {
		alike[basic], taken[basic] = map[string]bool{basic: true}, 1
	}
	for _, n := range all {
		label := short.of(n.named)
		if alike[label] == nil {
			alike[label] = make(map[string]bool)
		}
		alike[label][long.of(n.named)] = true
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		n := all[name]
		n.label = short.of(n.named)
		if len(alike[n.label]) > 1 {
			n.label = long.of(n.named)
		}
		taken[n.label]++
		if count := taken[n.label]; count > 1 { // instances for structs without a name
			n.label = fmt.Sprintf("%s#%d", n.label, count)
		}
	}
}
