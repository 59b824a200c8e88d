package contract

import (
	"fmt"
	"go/types"
	"strings"
)

// spelling is a way to write a type.
type spelling struct {
	qualifier types.Qualifier
	// literals says that structs without a name are written in full.
	literals bool
}

var (
	short = spelling{qualifier: (*types.Package).Name}
	long  = spelling{qualifier: (*types.Package).Path}
	exact = spelling{qualifier: (*types.Package).Path, literals: true}
)

// of writes a type that has a name, its type arguments included, without
// aliases.
func (s spelling) of(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		return s.named(t)
	case *types.Pointer:
		return "*" + s.of(t.Elem())
	case *types.Slice:
		return "[]" + s.of(t.Elem())
	case *types.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), s.of(t.Elem()))
	case *types.Map:
		return "map[" + s.of(t.Key()) + "]" + s.of(t.Elem())
	case *types.Basic:
		return t.Name()
	}
	if s.literals {
		return types.TypeString(t, s.qualifier)
	}
	return "struct" // the only other type that generated code can write
}

func (s spelling) named(t *types.Named) string {
	text := t.Obj().Name()
	if p := t.Obj().Pkg(); p != nil {
		text = s.qualifier(p) + "." + text
	}
	if t.TypeArgs().Len() == 0 {
		return text
	}
	var args []string
	for arg := range t.TypeArgs().Types() {
		args = append(args, s.of(arg))
	}
	return text + "[" + strings.Join(args, ",") + "]"
}
