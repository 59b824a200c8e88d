package contract

import "github.com/actorgen/actorgen/generator/lockfile"

// side is one of two contracts that are compared, with what its names stand for.
type side struct {
	*lockfile.File
	queues  map[[2]string]*lockfile.Queue // by name and broker
	actors  map[string]*lockfile.Actor
	structs map[string]*lockfile.Struct
	types   map[string]*lockfile.Type
}

func sideOf(f *lockfile.File) side {
	s := side{
		File:    f,
		queues:  make(map[[2]string]*lockfile.Queue),
		actors:  make(map[string]*lockfile.Actor),
		structs: make(map[string]*lockfile.Struct),
		types:   make(map[string]*lockfile.Type),
	}
	for i := range f.Queues {
		q := &f.Queues[i]
		s.queues[[2]string{q.Name, q.Broker}] = q
	}
	for i := range f.Actors {
		s.actors[f.Actors[i].Name] = &f.Actors[i]
	}
	for i := range f.Structs {
		s.structs[f.Structs[i].Label] = &f.Structs[i]
	}
	for i := range f.Types {
		s.types[f.Types[i].Label] = f.Types[i].Type
	}
	return s
}

// resolve returns what a type that contains itself stands for. Other types are
// returned as they are.
func (s *side) resolve(t *lockfile.Type) *lockfile.Type {
	if t.Form == lockfile.Named && s.types[t.Name] != nil {
		return s.types[t.Name]
	}
	return t
}

// structure returns a struct, with an empty label where it has no name, or nil
// for what is none.
func (s *side) structure(t *lockfile.Type) *lockfile.Struct {
	switch t.Form {
	case lockfile.Literal:
		return &lockfile.Struct{Fields: t.Fields}
	case lockfile.Named:
		return s.structs[t.Name]
	}
	return nil
}
