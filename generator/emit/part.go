package emit

import (
	"github.com/actorgen/actorgen/generator/model"
	"github.com/actorgen/actorgen/generator/shape"
)

// part is what one file holds of a package's actors: everything; the stubs alone,
// in a package of their own; or what then stays beside the functions.
type part struct {
	// Place is where the file stands.
	*model.Place
	home   shape.Home
	actors []*model.Actor
	// source is the annotated package of stubs that stand elsewhere, else nil.
	source *model.Place
	// remote is where the stubs are if they are not in this file, else nil.
	remote *model.Place
}

// beside is the part that stands beside the functions.
func beside(p *model.Package) part {
	return part{Place: &p.Place, home: shape.Home{Package: p.Path}, actors: p.Actors, remote: p.Stubs}
}

// apart is the part of the stubs that stand elsewhere.
func apart(p *model.Package) part {
	return part{Place: p.Stubs, home: shape.Home{Package: p.Stubs.Path, Importer: p.Path}, actors: p.Actors, source: &p.Place}
}

// params is what the part does with the values of parameters: that is for stubs.
func (p part) params() use {
	if p.remote != nil {
		return 0
	}
	return writes | reads
}

// results is what the part does with the values of results: stubs read what the
// table writes.
func (p part) results() use {
	u := writes | reads
	if p.remote != nil {
		u &^= reads
	}
	if p.source != nil {
		u &^= writes
	}
	return u
}
