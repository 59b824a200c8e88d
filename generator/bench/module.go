package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const own = "github.com/actorgen/actorgen"

// module is a temporary module, which needs what ours needs.
type module struct {
	name string
	// packages is how many there are, with so many actors each.
	packages, actors int
	// foreign says that signatures name types of the heavy imports.
	foreign bool
}

func (m module) dir(b *bench) string { return filepath.Join(b.dir, m.name) }

// edited is the file that is edited, output what is generated beside it.
func (m module) edited(b *bench) string { return filepath.Join(m.dir(b), "tasks0", "tasks0.go") }
func (m module) output(b *bench) string { return filepath.Join(m.dir(b), "tasks0", "actors_gen.go") }

// write creates the module. Its dependencies are those of the checkout, which
// takes the place of its own release.
func (m module) write(b *bench) error {
	for i := range m.packages {
		dir := filepath.Join(m.dir(b), fmt.Sprintf("tasks%d", i))
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return err
		}
		for j := range m.files() {
			path := filepath.Join(dir, fmt.Sprintf("tasks%d.go", j))
			if err := os.WriteFile(path, []byte(m.source(i, j)), 0o666); err != nil {
				return err
			}
		}
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		content, err := os.ReadFile(filepath.Join(b.checkout, name))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(m.dir(b), name), content, 0o666); err != nil {
			return err
		}
	}
	_, err := b.output(m.dir(b), "go", "mod", "edit", "-module=bench.test", "-droptool="+own+"/cmd/actorgen",
		"-require="+own+"@v0.0.0", "-replace="+own+"="+b.checkout)
	return err
}

// edit renames a parameter of an annotated function, and returns its new name.
func (b *bench) edit(m module) (string, error) {
	b.edits++
	name := fmt.Sprintf("address%d", b.edits)
	source := strings.Replace(m.source(0, 0), "address string", name+" string", 1)
	return name, os.WriteFile(m.edited(b), []byte(source), 0o666)
}
