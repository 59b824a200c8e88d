package emit

import (
	"errors"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/actorgen/actorgen/generator/model"
)

// codecs holds what the types of a package's signatures need: which of them
// get a pair of functions of their own, and which packages they come from.
type codecs struct {
	// helpers are in the order in which the signatures reach them.
	helpers []*helper
	// imports maps the packages that are named in the file to their names.
	imports map[string]string

	byType  typeutil.Map // types.Type → *helper
	visited typeutil.Map // types.Type → shape
}

// helper is a type with a pair of functions that write and read it.
type helper struct {
	shape
	// encode and decode are the functions' names.
	encode, decode string
}

// discover follows the types of all signatures to their leaves.
func discover(p *model.Package) (*codecs, error) {
	c := &codecs{imports: map[string]string{
		actorPath:   "actor",
		contextPath: "context",
		timePath:    "time",
	}}
	for _, a := range p.Actors {
		for _, param := range a.Params {
			if err := c.visit(param.Type); err != nil {
				return nil, err
			}
			if err := c.names(param.Type, p.Path); err != nil {
				return nil, err
			}
		}
		if a.Result == nil {
			continue
		}
		if err := new(codecs).visit(a.Result); err != nil { // named in the file, but not carried yet
			return nil, err
		}
		if err := c.names(a.Result, p.Path); err != nil {
			return nil, err
		}
	}
	for _, h := range c.helpers {
		if err := c.names(h.typ, p.Path); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// visit decides how t and everything in it travels.
func (c *codecs) visit(t types.Type) error {
	if c.visited.At(t) != nil {
		return nil
	}
	s, err := shapeOf(t)
	if err != nil {
		return err
	}
	c.visited.Set(t, s)
	switch s.form {
	case array, fixedBytes, record, own:
		c.addHelper(t)
	}
	for _, part := range []types.Type{s.key, s.elem} {
		if part == nil {
			continue
		}
		if err := c.visit(part); err != nil {
			return err
		}
		if !c.shape(part).direct {
			c.addHelper(part)
		}
	}
	for _, f := range s.fields {
		if err := c.visit(f.typ); err != nil {
			return err
		}
	}
	return nil
}

// addHelper gives a visited type a pair of functions.
func (c *codecs) addHelper(t types.Type) {
	if c.byType.At(t) == nil {
		h := &helper{shape: c.shape(t)}
		c.byType.Set(t, h)
		c.helpers = append(c.helpers, h)
	}
}

// shape returns the shape of a visited type.
func (c *codecs) shape(t types.Type) shape { return c.visited.At(t).(shape) }

// names collects the packages that t is written with, and refuses what cannot
// be written: a type argument may be anything.
func (c *codecs) names(t types.Type, home string) error {
	switch t := spelled(home, t).(type) {
	case *types.Alias:
		return c.object(t.Obj(), t.TypeArgs(), home)
	case *types.Named:
		return c.object(t.Obj(), t.TypeArgs(), home)
	case *types.Basic:
		return nil
	case *types.Slice:
		return c.names(t.Elem(), home)
	case *types.Array:
		return c.names(t.Elem(), home)
	case *types.Pointer:
		return c.names(t.Elem(), home)
	case *types.Map:
		return errors.Join(c.names(t.Key(), home), c.names(t.Elem(), home))
	case *types.Struct:
		var errs []error
		for f := range t.Fields() {
			errs = append(errs, c.names(f.Type(), home))
		}
		return errors.Join(errs...)
	}
	return cannotCarry(t)
}

func (c *codecs) object(o *types.TypeName, args *types.TypeList, home string) error {
	if pkg := o.Pkg(); pkg != nil && pkg.Path() != home {
		c.imports[pkg.Path()] = pkg.Name()
	}
	var errs []error
	for arg := range args.Types() {
		errs = append(errs, c.names(arg, home))
	}
	return errors.Join(errs...)
}
