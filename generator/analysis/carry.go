package analysis

import (
	"fmt"
	"go/types"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/actorgen/actorgen/generator/load"
)

// problem is why a type cannot be carried.
type problem struct {
	message string
	hint    string
	// unresolved says that the type check has failed before.
	unresolved bool
}

// carry returns why messages cannot carry values of type t to a handler in
// package home and back. It returns nothing for a legal type.
func carry(home *types.Package, t types.Type) []problem {
	c := carrier{home: home}
	c.check(t, "")
	return c.problems
}

// maxDepth bounds the nesting of a type; messages end at the same depth.
const maxDepth = 100

type carrier struct {
	home     *types.Package
	seen     typeutil.Map
	depth    int
	problems []problem
}

func (c *carrier) refuse(path, hint, format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	if path != "" {
		message = strings.TrimPrefix(path, ".") + ": " + message
	}
	c.problems = append(c.problems, problem{message: message, hint: hint})
}

// check follows a type to its leaves. The path names the fields on the way.
func (c *carrier) check(t types.Type, path string) {
	for alias, ok := t.(*types.Alias); ok && !c.visible(alias.Obj()); alias, ok = t.(*types.Alias) {
		t = alias.Rhs()
	}
	if c.seen.Set(t, true) != nil {
		return // a recursive type, or one that two fields share
	}
	if c.depth++; c.depth > maxDepth {
		c.refuse(path, "", "type nests deeper than %d levels", maxDepth)
		return
	}
	defer func() { c.depth-- }()
	switch t := t.(type) {
	case *types.Alias: // a public name makes up for a type that has none
		c.checkKind(types.Unalias(t), path)
	case *types.Named:
		if c.checkVisible(t, path) {
			c.checkKind(t, path)
		}
	default:
		c.checkKind(t, path)
	}
}

// checkKind checks a type that can be named.
func (c *carrier) checkKind(t types.Type, path string) {
	if named, ok := t.(*types.Named); ok {
		if isTime(named) {
			return
		}
		if c.checkMarshalling(named, path) {
			return
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		c.checkBasic(u, t, path)
	case *types.Pointer:
		if pointsToItself(u) {
			c.refuse(path, "", "%s points to nothing but itself", c.show(t))
			return
		}
		c.check(u.Elem(), path)
	case *types.Slice:
		c.check(u.Elem(), path)
	case *types.Array:
		c.check(u.Elem(), path)
	case *types.Map:
		c.checkKey(u.Key(), path)
		c.check(u.Elem(), path)
	case *types.Struct:
		c.checkStruct(t, u, path)
	case *types.Interface:
		c.refuse(path, "use a concrete type, or msgpack.RawMessage", "interface %s cannot be carried: the receiver could not tell what is in it", c.show(t))
	case *types.Chan:
		c.refuse(path, "", "channel %s cannot be carried", c.show(t))
	case *types.Signature:
		c.refuse(path, "", "function %s cannot be carried", c.show(t))
	default:
		c.refuse(path, "", "%s cannot be carried", c.show(t))
	}
}

func (c *carrier) checkBasic(basic *types.Basic, t types.Type, path string) {
	switch info := basic.Info(); {
	case basic.Kind() == types.Invalid:
		c.refuse(path, "the package that declares it has errors", "type cannot be resolved")
		c.problems[len(c.problems)-1].unresolved = true
	case basic.Kind() == types.UnsafePointer, basic.Kind() == types.Uintptr:
		c.refuse(path, "", "%s has a meaning in one process only", c.show(t))
	case info&types.IsComplex != 0:
		c.refuse(path, "use two floats", "%s has no form in msgpack", c.show(t))
	}
}

func (c *carrier) checkKey(key types.Type, path string) {
	basic, ok := key.Underlying().(*types.Basic)
	if !ok || basic.Info()&(types.IsString|types.IsInteger) == 0 || basic.Kind() == types.Uintptr {
		c.refuse(path, "", "map key %s is neither a string nor an integer", c.show(key))
		return
	}
	c.check(key, path)
}

// visible reports whether generated code can name a type.
func (c *carrier) visible(obj *types.TypeName) bool {
	return obj.Pkg() == nil || obj.Pkg() == c.home || obj.Exported() && load.CanImport(c.home.Path(), obj.Pkg().Path())
}

// checkVisible refuses a type that generated code cannot name, or of which it
// cannot name a type argument.
func (c *carrier) checkVisible(named *types.Named, path string) bool {
	obj := named.Obj()
	if !c.visible(obj) {
		if !obj.Exported() {
			c.refuse(path, "", "type %s.%s is not exported by its package", obj.Pkg().Name(), obj.Name())
		} else {
			c.refuse(path, "", "type %s.%s is in package %q, which %q cannot import", obj.Pkg().Name(), obj.Name(), obj.Pkg().Path(), c.home.Path())
		}
		return false
	}
	for argument := range named.TypeArgs().Types() {
		if named, ok := argument.(*types.Named); ok && !c.checkVisible(named, path) {
			return false
		}
	}
	return true
}

func (c *carrier) show(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p == c.home {
			return ""
		}
		return p.Name()
	})
}

func isTime(named *types.Named) bool {
	obj := named.Obj()
	return obj.Pkg() != nil && obj.Pkg().Path() == "time" && (obj.Name() == "Time" || obj.Name() == "Duration")
}

// pointsToItself finds types like "type P *P", which hold no data at all.
func pointsToItself(p *types.Pointer) bool {
	seen := map[*types.Pointer]bool{}
	for !seen[p] {
		seen[p] = true
		next, ok := p.Elem().Underlying().(*types.Pointer)
		if !ok {
			return false
		}
		p = next
	}
	return true
}
