package emit

import (
	"golang.org/x/tools/go/types/typeutil"

	"github.com/actorgen/actorgen/generator/shape"
)

// codecs are the types of signatures that get functions of their own, which
// write and read them.
type codecs struct {
	// helpers are in the order in which the signatures reach them.
	helpers []*helper

	byType  typeutil.Map // types.Type → *helper
	visited typeutil.Map // types.Type → use
}

// helper is a type with functions of its own.
type helper struct {
	*shape.Shape
	// encode and decode are the functions' names.
	encode, decode string
	// use says which of them there are.
	use use
}

// use is what a file does with the values of a type.
type use int

const (
	writes use = 1 << iota
	reads
)

// discover follows the shapes of all parameters and results to their leaves.
func discover(p part) *codecs {
	c := new(codecs)
	for _, a := range p.actors {
		for _, param := range a.Params {
			c.visit(param.Shape, p.params())
		}
		if a.Result != nil {
			c.visitPart(a.Result, p.results())
		}
	}
	return c
}

func (c *codecs) visit(s *shape.Shape, u use) {
	before, _ := c.visited.At(s.Type).(use)
	if before|u == before {
		return
	}
	c.visited.Set(s.Type, before|u)
	switch s.Form {
	case shape.Array, shape.FixedBytes, shape.Struct, shape.Own:
		c.add(s, u)
	}
	for _, part := range []*shape.Shape{s.Key, s.Elem} {
		if part != nil {
			c.visitPart(part, u)
		}
	}
	for _, f := range s.Fields {
		c.visit(f.Shape, u)
	}
}

// visitPart is visit for a type whose functions are handed to others.
func (c *codecs) visitPart(s *shape.Shape, u use) {
	c.visit(s, u)
	if !s.Direct {
		c.add(s, u)
	}
}

// add gives a type the functions that a use needs.
func (c *codecs) add(s *shape.Shape, u use) {
	if u == 0 {
		return
	}
	h, ok := c.byType.At(s.Type).(*helper)
	if !ok {
		h = &helper{Shape: s}
		c.byType.Set(s.Type, h)
		c.helpers = append(c.helpers, h)
	}
	h.use |= u
}

// helper returns the functions of a type, or nil if none is for the use.
func (c *codecs) helper(s *shape.Shape, u use) *helper {
	h, _ := c.byType.At(s.Type).(*helper)
	if h == nil || h.use&u == 0 {
		return nil
	}
	return h
}
