package load

import (
	"os"
	"path/filepath"

	"github.com/actorgen/actorgen/generator/model"
)

// addElsewhere parses those files, all left out of this build, that belong to
// the package in another one: generated code is the same in all builds.
func (m *Module) addElsewhere(p *Package, names []string) {
	for _, name := range names {
		path := filepath.Join(p.Dir, name)
		content, err := os.ReadFile(path)
		if err != nil || name == model.FileName {
			continue
		}
		if file := m.parseFile(source{path, content}); file.Syntax.Name.Name == p.Name {
			p.Elsewhere = append(p.Elsewhere, file)
		}
	}
}
