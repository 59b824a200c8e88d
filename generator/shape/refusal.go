package shape

import (
	"cmp"
	"fmt"
	"go/types"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Refusal is why a type cannot be carried.
type Refusal struct {
	Message string
	// Hint says what to do about it. It may be empty.
	Hint string
	// Unresolved says that the type check has failed before.
	Unresolved bool
}

func (w *walker) refuse(path, hint, format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	if path != "" {
		message = strings.TrimPrefix(path, ".") + ": " + message
	}
	w.refusals = append(w.refusals, Refusal{Message: message, Hint: hint})
}

// convert is the way out of types that the user cannot change.
const convert = "convert to a type of your own"

// leaf is the way out of types that live in the annotated package while its
// stubs do not.
func leaf(t declared) string {
	const move = "move it into a leaf package, and keep an alias"
	if t.TypeArgs().Len() > 0 {
		return move
	}
	name := t.Obj().Name()
	first, size := utf8.DecodeRuneInString(name)
	return fmt.Sprintf("%s: type %s = leaf.%c%s", move, name, unicode.ToUpper(first), name[size:])
}

// hint returns what to do about a type, which can be changed in the user's own
// module only.
func (w *walker) hint(t types.Type, own string) string {
	if w.foreign(t) {
		return convert
	}
	return own
}

// foreign reports whether a type is declared outside of the user's module.
func (w *walker) foreign(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return false
	}
	path := named.Obj().Pkg().Path()
	return path != w.Package && path != w.Module && !strings.HasPrefix(path, w.Module+"/")
}

func (w *walker) show(t types.Type) string {
	annotated := cmp.Or(w.Importer, w.Package)
	return types.TypeString(t, func(p *types.Package) string {
		if p.Path() == annotated {
			return ""
		}
		return p.Name()
	})
}
