package analysis

import (
	"cmp"
	"errors"
	"fmt"
	"go/token"
	"path"
	"path/filepath"
	"slices"

	"github.com/actorgen/actorgen/generator/load"
	"github.com/actorgen/actorgen/generator/shape"
)

// MoveStubs gives the stubs of each matched package a package of their own in
// dir, which is relative to it. The error is for a directory that cannot be one;
// what is in the way there becomes a diagnostic. It comes before Types.
func (a *Analysis) MoveStubs(dir string) error {
	if err := checkStubsDir(dir); err != nil {
		return err
	}
	first := make(map[string]*pkg)
	for _, p := range a.packages {
		if !p.Matched {
			continue
		}
		var err error
		if p.stubs, err = a.placeStubs(p, filepath.Join(p.Dir, dir)); err != nil {
			return err
		}
		a.checkStubs(p)
		other := first[p.stubs.Path]
		if other == nil {
			first[p.stubs.Path] = p
			continue
		}
		for _, pair := range [][2]*pkg{{p, other}, {other, p}} {
			mine, theirs := pair[0].actors[0].Pos, pair[1].actors[0].Pos
			a.Diagnostics.Addf(mine, "choose a directory below each, as with -stubs stubs, or name one package at a time",
				"stubs of package %q go into %q, like those of %q at %s", pair[0].Path, p.stubs.Path, pair[1].Path, a.shortPosition(theirs))
			a.Diagnostics.Relate(theirs)
		}
	}
	return nil
}

func checkStubsDir(dir string) error {
	switch {
	case filepath.IsAbs(dir):
		return fmt.Errorf("directory %q of -stubs is absolute, but belongs to each annotated package (write it as seen from there)", dir)
	case filepath.Clean(dir) == ".":
		return errors.New("directory \".\" of -stubs is the annotated package itself, where stubs go without the flag")
	}
	return nil
}

// placeStubs finds the package in dir, which need not exist.
func (a *Analysis) placeStubs(p *pkg, dir string) (*load.Package, error) {
	importPath, err := a.module.Place(dir, "-stubs")
	if err != nil {
		return nil, err
	}
	name := path.Base(importPath)
	switch {
	case importPath == p.Path:
		return nil, fmt.Errorf("directory %q of -stubs is the annotated package itself, where stubs go without the flag", dir)
	case !token.IsIdentifier(name) || name == "_" || name == "main" || name == "init":
		return nil, fmt.Errorf("directory %q of -stubs cannot be a package that others import: %q is not a name for one", dir, name)
	}
	stubs, err := a.module.Handwritten(importPath, dir)
	if err != nil {
		return nil, err
	}
	stubs.Name = name
	for _, file := range stubs.Files {
		if other := file.Syntax.Name.Name; other != name && file.Err == nil {
			return nil, fmt.Errorf("directory %q of -stubs holds package %s, not package %s (by %q)", dir, other, name, filepath.Base(file.Path))
		}
	}
	return stubs, nil
}

// checkStubs refuses what keeps the stubs of a package from being where they are
// to go.
func (a *Analysis) checkStubs(p *pkg) {
	at, elsewhere := p.actors[0].Pos, "choose another directory for -stubs"
	if !shape.CanImport(p.Path, p.stubs.Path) {
		a.Diagnostics.Addf(at, elsewhere, "package %q cannot import its stubs from %q", p.Path, p.stubs.Path)
	}
	if there := a.module.Find(p.stubs.Path); there != nil {
		a.checkTaken(p, there, elsewhere)
	}
	own, imports := declared(p.stubs), imported(p.stubs)
	a.checkPredeclared(own)
	for _, x := range p.actors {
		if x.Var == "" {
			continue
		}
		for _, g := range x.identifiers() {
			if other := cmp.Or(own[g.name], imports[g.name]); other != nil {
				a.clashWithSource(g, other)
			}
		}
	}
	for _, file := range slices.Concat(p.stubs.Files, p.stubs.Tests) {
		for _, spec := range file.Syntax.Imports {
			if importPath, _ := load.ImportName(spec); importPath == p.Path {
				a.addf(spec.Pos(), "move this file, or choose another directory for -stubs",
					"the stubs of package %q go here, which it imports in turn", p.Path)
			}
		}
	}
}

// checkTaken refuses a directory whose generated file is somebody else's.
func (a *Analysis) checkTaken(p *pkg, there *load.Package, hint string) {
	at := p.actors[0].Pos
	if there.HasActors() {
		a.Diagnostics.Addf(at, hint, "stubs of package %q cannot go into %q, which has actors of its own", p.Path, there.Path)
		return
	}
	owner := a.module.Find(there.StubsOf)
	if owner != nil && owner != p.Package && owner.HasActors() && !owner.Matched {
		a.Diagnostics.Addf(at, hint, "stubs of package %q cannot go into %q, which has those of %q", p.Path, there.Path, owner.Path)
	}
}
