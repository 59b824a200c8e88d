package load

import (
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/actorgen/actorgen/generator/model"
)

// Handwritten parses what the package in dir consists of in any build, without
// generated code. It need not exist. Files of external tests are left out, and so
// are those that ask to be in no build.
func (m *Module) Handwritten(importPath, dir string) (*Package, error) {
	p := &Package{Path: importPath, Dir: dir}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, ".go") || name == model.FileName || strings.ContainsRune("._", rune(name[0])) || entry.IsDir() {
			continue
		}
		sources, err := readAll(dir, []string{name})
		if err != nil {
			return nil, err
		}
		file := m.parseFile(sources[0])
		isTest := strings.HasSuffix(name, "_test.go")
		switch {
		case isIgnored(file.Platform), isTest && strings.HasSuffix(file.Syntax.Name.Name, "_test"):
		case isTest:
			p.Tests = append(p.Tests, file)
		default:
			p.Files = append(p.Files, file)
		}
	}
	return p, nil
}
