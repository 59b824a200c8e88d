package shape

import "go/types"

var basicMethods = map[types.BasicKind]string{
	types.Bool:    "Bool",
	types.Int:     "Int",
	types.Int8:    "Int8",
	types.Int16:   "Int16",
	types.Int32:   "Int32",
	types.Int64:   "Int64",
	types.Uint:    "Uint",
	types.Uint8:   "Uint8",
	types.Uint16:  "Uint16",
	types.Uint32:  "Uint32",
	types.Uint64:  "Uint64",
	types.Float32: "Float32",
	types.Float64: "Float64",
	types.String:  "String",
}

func (w *walker) basic(s *Shape, basic *types.Basic, named bool, path string) {
	method, ok := basicMethods[basic.Kind()]
	switch {
	case ok:
		s.plain(method)
		s.Direct = !named
		if named {
			s.Convert = basic
		}
	case basic.Kind() == types.Invalid:
		w.refuse(path, "the package that declares it has errors", "type cannot be resolved")
		w.refusals[len(w.refusals)-1].Unresolved = true
	case basic.Info()&types.IsComplex != 0:
		w.refuse(path, "use two floats", "%s has no form in msgpack", w.show(s.Type))
	default:
		w.refuse(path, "", "%s has a meaning in one process only", w.show(s.Type))
	}
}

func (w *walker) key(t types.Type, path string) *Shape {
	basic, ok := t.Underlying().(*types.Basic)
	if !ok || basic.Kind() != types.Invalid && basic.Info()&(types.IsString|types.IsInteger) == 0 {
		w.refuse(path, "", "map key %s is neither a string nor an integer", w.show(t))
		return nil
	}
	return w.of(t, path)
}

// isByte reports whether a slice of t is a []byte to the language. A named
// byte type is not: it may have marshalling of its own.
func isByte(t types.Type) bool { return types.Identical(t, types.Typ[types.Byte]) }
