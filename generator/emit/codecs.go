package emit

import (
	"golang.org/x/tools/go/types/typeutil"

	"github.com/actorgen/actorgen/generator/model"
	"github.com/actorgen/actorgen/generator/shape"
)

// codecs are the types of a package's signatures that get a pair of functions
// of their own.
type codecs struct {
	// helpers are in the order in which the signatures reach them.
	helpers []*helper

	byType  typeutil.Map // types.Type → *helper
	visited typeutil.Map // types.Type → true
}

// helper is a type with a pair of functions that write and read it.
type helper struct {
	*shape.Shape
	// encode and decode are the functions' names.
	encode, decode string
}

// discover follows the shapes of all parameters and results to their leaves.
func discover(p *model.Package) *codecs {
	c := new(codecs)
	for _, a := range p.Actors {
		for _, param := range a.Params {
			c.visit(param.Shape)
		}
		if a.Result != nil {
			c.visitPart(a.Result)
		}
	}
	return c
}

func (c *codecs) visit(s *shape.Shape) {
	if c.visited.Set(s.Type, true) != nil {
		return
	}
	switch s.Form {
	case shape.Array, shape.FixedBytes, shape.Struct, shape.Own:
		c.add(s)
	}
	for _, part := range []*shape.Shape{s.Key, s.Elem} {
		if part != nil {
			c.visitPart(part)
		}
	}
	for _, f := range s.Fields {
		c.visit(f.Shape)
	}
}

// visitPart is visit for a type whose functions are handed to others.
func (c *codecs) visitPart(s *shape.Shape) {
	c.visit(s)
	if !s.Direct {
		c.add(s)
	}
}

// add gives a type a pair of functions.
func (c *codecs) add(s *shape.Shape) {
	if c.helper(s) == nil {
		h := &helper{Shape: s}
		c.byType.Set(s.Type, h)
		c.helpers = append(c.helpers, h)
	}
}

// helper returns the functions of a type, or nil if it needs none.
func (c *codecs) helper(s *shape.Shape) *helper {
	h, _ := c.byType.At(s.Type).(*helper)
	return h
}
