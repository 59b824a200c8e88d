package load

import (
	"bytes"
	"errors"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"slices"

	"github.com/actorgen/actorgen/generator/directive"
	"github.com/actorgen/actorgen/generator/model"
)

// parse reads the files of a package, and parses them if one of them mentions
// a directive.
func (m *Module) parse(p *listed) (*Package, error) {
	result := &Package{Path: p.ImportPath, Name: p.Name, Dir: p.Dir}
	sources, err := m.readSpeaking(p.Dir, slices.Concat(p.GoFiles, p.CgoFiles))
	if err != nil {
		return nil, err
	}
	for _, s := range sources {
		result.Sources = append(result.Sources, s.path)
	}
	sources = slices.DeleteFunc(sources, func(s source) bool {
		if s.isOutput() {
			result.Output, result.StubsOf = s.path, model.SourceOfStubs(s.content)
		}
		return s.isOutput()
	})
	tests, err := readAll(p.Dir, p.TestGoFiles)
	if err != nil {
		return nil, err
	}
	foreign, err := readAll(p.Dir, p.XTestGoFiles)
	if err != nil {
		return nil, err
	}
	invalid := result.readInvalid(p)
	m.addExcluded(result, p.IgnoredGoFiles)
	mentioned := slices.ContainsFunc(slices.Concat(sources, invalid, tests, foreign), source.mentions)
	if mentioned || result.Output != "" {
		result.Files = m.parseInvalid(invalid, p.Error)
	}
	if !mentioned {
		return result, nil
	}
	if sources, err = complete(sources); err != nil {
		return nil, err
	}
	result.Files = append(result.Files, m.parseFiles(sources)...)
	result.Tests = m.parseFiles(tests)
	for _, f := range m.parseFiles(foreign) { // of the external tests only the directives matter
		f.Syntax.Decls, f.Syntax.Imports = nil, nil
		result.Tests = append(result.Tests, f)
	}
	if len(sources) > 0 {
		result.Name = result.Files[len(invalid)].Syntax.Name.Name // go list may have taken it from our old output
	}
	m.addElsewhere(result, p.IgnoredGoFiles)
	return result, nil
}

type source struct {
	path    string
	content []byte
}

func readAll(dir string, names []string) ([]source, error) {
	var sources []source
	for _, name := range names {
		path := filepath.Join(dir, name)
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		sources = append(sources, source{path, content})
	}
	return sources, nil
}

// readSpeaking is readAll, but leaves the content of files unread of which a
// glance has shown that they mention no directive.
func (m *Module) readSpeaking(dir string, names []string) ([]source, error) {
	var sources []source
	for _, name := range names {
		s := source{path: filepath.Join(dir, name)}
		if !m.glance.silent[s.path] {
			var err error
			if s.content, err = os.ReadFile(s.path); err != nil {
				return nil, err
			}
		}
		sources = append(sources, s)
	}
	return sources, nil
}

// complete reads what was left unread.
func complete(sources []source) ([]source, error) {
	for i, s := range sources {
		if s.content == nil {
			content, err := os.ReadFile(s.path)
			if err != nil {
				return nil, err
			}
			sources[i].content = content
		}
	}
	return sources, nil
}

// mentions is the cheap test that spares most packages from being parsed.
func (s source) mentions() bool { return directive.Mentioned(s.content) }

// isOutput reports whether the generator wrote the file. An empty one is what a
// crash, or a hurried redirection, left of it.
func (s source) isOutput() bool {
	return filepath.Base(s.path) == model.FileName && (model.HasHeader(s.content) || len(bytes.TrimSpace(s.content)) == 0)
}

func (m *Module) parseFiles(sources []source) []*File {
	var files []*File
	for _, s := range sources {
		files = append(files, m.parseFile(s))
	}
	return files
}

// parseInvalid parses files of which go list says that something is wrong with
// one of them.
func (m *Module) parseInvalid(sources []source, reason *listError) []*File {
	files := m.parseFiles(sources)
	for _, f := range files {
		if f.Err == nil && reason != nil {
			f.Err = errors.New(reason.Err)
		}
	}
	return files
}

func (m *Module) parseFile(s source) *File {
	if file, ok := m.glance.take(s); ok {
		return file
	}
	return parseFile(m.Fset, s)
}

func parseFile(fset *token.FileSet, s source) *File {
	syntax, err := parser.ParseFile(fset, s.path, s.content, parser.ParseComments|parser.SkipObjectResolution)
	if syntax == nil || syntax.Name == nil {
		syntax = &ast.File{Name: ast.NewIdent("_")}
	}
	platform, malformed := platformOf(fset, s.path, syntax)
	if err == nil {
		err = malformed
	}
	return &File{Path: s.path, Syntax: syntax, Directives: directive.Scan(fset, syntax), Platform: platform, Err: firstError(err)}
}

// firstError leaves one error of a file that does not parse: the rest follows
// from it more often than not.
func firstError(err error) error {
	if list := (scanner.ErrorList)(nil); errors.As(err, &list) && len(list) > 0 {
		return list[0]
	}
	return err
}
