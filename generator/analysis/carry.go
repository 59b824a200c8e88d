package analysis

import (
	"go/token"
	"go/types"

	"github.com/actorgen/actorgen/generator/shape"
)

// carried returns how values of a type travel, and reports why they cannot.
func (a *Analysis) carried(x *actor, t types.Type, at token.Position, what string) *shape.Shape {
	home := shape.Home{Package: x.pkg.Path, Module: a.module.Path}
	carried, refusals := home.Of(t)
	for _, r := range refusals {
		if r.Unresolved && a.broken {
			x.illegal = true
			continue
		}
		a.Diagnostics.Addf(at, r.Hint, "%s of %s: %s", what, x.title(), r.Message)
	}
	return carried
}
