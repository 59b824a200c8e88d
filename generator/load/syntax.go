package load

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/actorgen/actorgen/generator/directive"
	"github.com/actorgen/actorgen/generator/model"
)

// Syntax lists the packages of the main module around dir and parses those that
// mention a directive. Patterns are read in dir; without any, all packages are
// matched. The error is for an environment that cannot be read.
func Syntax(ctx context.Context, dir string, patterns []string) (*Module, error) {
	root, err := moduleRoot(dir)
	if err != nil {
		return nil, err
	}
	all := filepath.Join(root, "...")
	args := append([]string{"-find", "-json=Dir,ImportPath,Name,Match,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles,Module,Error", "--", all}, patterns...)
	m := &Module{Dir: root, Fset: token.NewFileSet()}
	guessing, stop := context.WithCancel(ctx)
	defer stop()
	var guess sync.WaitGroup
	guess.Go(func() { m.ahead = ahead(guessing, root) })
	packages, err := golist(ctx, dir, args...)
	if err != nil {
		stop()
	}
	guess.Wait()
	if err != nil {
		return nil, err
	}
	for _, p := range packages {
		matched := len(patterns) == 0 || slices.ContainsFunc(p.Match, func(s string) bool { return s != all })
		if !inModule(p, root) {
			if err := outside(p, matched, len(patterns) > 0); err != nil {
				return nil, err
			}
			continue
		}
		if p.Module != nil {
			m.Path = p.Module.Path
		}
		loaded, err := m.parse(p)
		if err != nil {
			return nil, err
		}
		loaded.Matched = matched
		m.Packages = append(m.Packages, loaded)
	}
	slices.SortFunc(m.Packages, func(a, b *Package) int { return cmp.Compare(a.Path, b.Path) })
	return m, nil
}

// inModule reports whether p belongs to the module in root. A workspace has
// several main modules, and one may lie inside of another.
func inModule(p *listed, root string) bool {
	if p.Dir == "" {
		return false
	}
	if p.Module == nil { // go list could not fully read it
		relative, err := filepath.Rel(root, p.Dir)
		return err == nil && filepath.IsLocal(relative)
	}
	return p.Module.Dir == root || sameDir(p.Module.Dir, root)
}

func sameDir(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// outside refuses a package that is not ours to write into, if a pattern names
// it, and one that go list knows nothing of.
func outside(p *listed, matched, explicit bool) error {
	switch {
	case matched && p.Dir == "" && p.Error != nil:
		return errors.New(p.Error.Err)
	case matched && explicit:
		return fmt.Errorf("package %q is not part of the main module", p.ImportPath)
	}
	return nil
}

// moduleRoot finds the directory of the go.mod that governs dir.
func moduleRoot(dir string) (string, error) {
	for d := dir; ; d = filepath.Dir(d) {
		if info, err := os.Stat(filepath.Join(d, "go.mod")); err == nil && !info.IsDir() {
			return d, nil
		}
		if d == filepath.Dir(d) {
			return "", fmt.Errorf("no go.mod in %q or above it (go mod init makes one)", dir)
		}
	}
}

// parse reads the files of a package, and parses them if one of them mentions
// a directive.
func (m *Module) parse(p *listed) (*Package, error) {
	result := &Package{Path: p.ImportPath, Name: p.Name, Dir: p.Dir}
	sources, err := readAll(p.Dir, slices.Concat(p.GoFiles, p.CgoFiles))
	if err != nil {
		return nil, err
	}
	sources = slices.DeleteFunc(sources, func(s source) bool {
		ours := filepath.Base(s.path) == model.FileName && model.HasHeader(s.content)
		if ours {
			result.Output = s.path
		}
		return ours
	})
	tests, err := readAll(p.Dir, p.TestGoFiles)
	if err != nil {
		return nil, err
	}
	foreign, err := readAll(p.Dir, p.XTestGoFiles)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(slices.Concat(sources, tests, foreign), source.mentions) {
		return result, nil
	}
	result.Files = m.parseFiles(sources)
	result.Tests = m.parseFiles(tests)
	for _, f := range m.parseFiles(foreign) { // of the external tests only the directives matter
		f.Syntax.Decls = nil
		result.Tests = append(result.Tests, f)
	}
	if len(result.Files) > 0 {
		result.Name = result.Files[0].Syntax.Name.Name // go list may have taken it from our old output
	}
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

// mentions is the cheap test that spares most packages from being parsed.
func (s source) mentions() bool {
	return slices.ContainsFunc(directive.Mentions, func(text string) bool { return bytes.Contains(s.content, []byte(text)) })
}

func (m *Module) parseFiles(sources []source) []*File {
	var files []*File
	for _, s := range sources {
		syntax, err := parser.ParseFile(m.Fset, s.path, s.content, parser.ParseComments|parser.SkipObjectResolution)
		if syntax == nil || syntax.Name == nil {
			syntax = &ast.File{Name: ast.NewIdent("_")}
		}
		files = append(files, &File{Path: s.path, Syntax: syntax, Directives: directive.Scan(m.Fset, syntax), Err: firstError(err)})
	}
	return files
}

// firstError leaves one error of a file that does not parse: the rest follows
// from it more often than not.
func firstError(err error) error {
	if list := (scanner.ErrorList)(nil); errors.As(err, &list) && len(list) > 0 {
		return list[0]
	}
	return err
}
