package shape

import (
	"fmt"
	"go/types"
	"strings"
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
	return types.TypeString(t, func(p *types.Package) string {
		if p.Path() == w.Package {
			return ""
		}
		return p.Name()
	})
}
