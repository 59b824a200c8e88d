package load

import (
	"go/ast"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// readInvalid reads the files that go list could not place. Those with plain
// syntax errors it places all the same; what remains is files that it cannot
// read, and files whose constraint it does not understand. They must not count
// as files without actors.
func (p *Package) readInvalid(l *listed) []source {
	var invalid []source
	for _, name := range l.InvalidGoFiles {
		if strings.HasSuffix(name, "_test.go") || slices.Contains(slices.Concat(l.GoFiles, l.CgoFiles, l.IgnoredGoFiles), name) {
			continue
		}
		path := filepath.Join(l.Dir, name)
		content, err := os.ReadFile(path)
		if err != nil {
			p.Unread = append(p.Unread, Unread{path, err})
			continue
		}
		invalid = append(invalid, source{path, content})
	}
	return invalid
}

// addExcluded parses those files, all left out of this build, that have a
// directive. Files that no build ever reads are none of our business.
func (m *Module) addExcluded(p *Package, names []string) {
	for _, name := range names {
		if !isSource(name) {
			continue
		}
		s := source{path: filepath.Join(p.Dir, name)}
		var err error
		if s.content, err = os.ReadFile(s.path); err != nil || !s.mentions() {
			continue
		}
		file := m.parseFile(s)
		if isIgnored(file.Platform) || len(file.Directives.All()) == 0 {
			continue
		}
		if file.Platform == "" && importsC(file.Syntax) {
			file.Platform = `import "C"` // this build is one without cgo
		}
		p.Excluded = append(p.Excluded, file)
	}
}

func importsC(syntax *ast.File) bool {
	return slices.ContainsFunc(syntax.Imports, func(spec *ast.ImportSpec) bool { return spec.Path.Value == `"C"` })
}

// addUnlisted adds the packages of which every file is left out of this build:
// go list does not list them for a pattern.
func (m *Module) addUnlisted(dirs []string) {
	listed := make(map[string]bool)
	for _, p := range m.Packages {
		listed[p.Path] = true
	}
	for _, dir := range dirs {
		relative, err := filepath.Rel(m.Dir, dir)
		if err != nil || listed[path.Join(m.Path, filepath.ToSlash(relative))] {
			continue
		}
		p := &Package{Path: path.Join(m.Path, filepath.ToSlash(relative)), Dir: dir}
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue
		}
		for _, entry := range entries {
			m.addExcluded(p, []string{entry.Name()})
		}
		p.Excluded = slices.DeleteFunc(p.Excluded, func(f *File) bool { return f.Platform == "" }) // go.mod may ignore the directory
		if len(p.Excluded) > 0 {
			m.Packages = append(m.Packages, p)
		}
	}
}
