package vet_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"

	"github.com/actorgen/actorgen/generator/vet"
)

// driver runs the analyzer on the packages of a module, as go vet does: each
// with its tests, and those before that it imports.
type driver struct {
	t       *testing.T
	module  string
	dir     string
	fset    *token.FileSet
	foreign types.Importer
	checked map[string]*types.Package
	facts   map[types.Object]analysis.Fact
	reports []report
	// compiler are the errors that drivers print without any analyzer.
	compiler []report
	// unparsed says that some package does not parse, so that no driver shows
	// what the analyzer says of it.
	unparsed bool
}

// report is a diagnostic with its place.
type report struct {
	pos     token.Pos
	at      token.Position
	message string
	edits   []analysis.TextEdit
}

func (r report) String() string {
	return fmt.Sprintf("%s:%d:%d: %s", filepath.Base(r.at.Filename), r.at.Line, r.at.Column, r.message)
}

// run analyses the module of that path in dir. The exports are the files with the export data
// of all packages of other modules.
func run(t *testing.T, module, dir string, exports map[string]string) *driver {
	t.Helper()
	d := &driver{t: t, module: module, dir: dir, fset: token.NewFileSet(), checked: make(map[string]*types.Package), facts: make(map[types.Object]analysis.Fact)}
	d.foreign = importer.ForCompiler(d.fset, "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, errors.New("no export data")
		}
		return os.Open(exports[path])
	})
	err := filepath.WalkDir(dir, func(folder string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		relative, err := filepath.Rel(dir, folder)
		if err != nil {
			return err
		}
		p, _ := build.ImportDir(folder, 0)
		d.library(path.Join(module, filepath.ToSlash(relative)))
		d.analyse(p, path.Join(module, filepath.ToSlash(relative))+"_test", p.XTestGoFiles)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Import analyses a package of the module, or reads the export data of another.
func (d *driver) Import(importPath string) (*types.Package, error) {
	if !strings.HasPrefix(importPath, d.module+"/") {
		return d.foreign.Import(importPath)
	}
	if p := d.library(importPath); p != nil {
		return p, nil
	}
	return nil, errors.New("no such package")
}

// library analyses a package of the module with its own tests.
func (d *driver) library(importPath string) *types.Package {
	if p, ok := d.checked[importPath]; ok {
		return p
	}
	d.checked[importPath] = nil // ends import cycles
	p, _ := build.ImportDir(filepath.Join(d.dir, strings.TrimPrefix(importPath, d.module)), 0)
	d.checked[importPath] = d.analyse(p, importPath, slices.Concat(p.GoFiles, p.TestGoFiles))
	return d.checked[importPath]
}

// analyse type-checks the files of a package, whatever is wrong with it, and
// runs the analyzer.
func (d *driver) analyse(p *build.Package, importPath string, names []string) *types.Package {
	if len(names) == 0 {
		return nil
	}
	pass := &analysis.Pass{Analyzer: vet.Analyzer, Fset: d.fset, Module: &analysis.Module{Path: d.module}, ReadFile: os.ReadFile, Report: d.report,
		TypesInfo: &types.Info{Types: make(map[ast.Expr]types.TypeAndValue), Defs: make(map[*ast.Ident]types.Object), Uses: make(map[*ast.Ident]types.Object),
			Selections: make(map[*ast.SelectorExpr]*types.Selection), Instances: make(map[*ast.Ident]types.Instance)}}
	for _, name := range names {
		file, err := parser.ParseFile(d.fset, filepath.Join(p.Dir, name), nil, parser.ParseComments)
		d.note(err)
		if err != nil {
			d.unparsed = true
			pass.Report = func(analysis.Diagnostic) {}
		}
		pass.Files = append(pass.Files, file)
	}
	for _, name := range p.IgnoredGoFiles {
		pass.IgnoredFiles = append(pass.IgnoredFiles, filepath.Join(p.Dir, name))
	}
	config := types.Config{Importer: d, Error: func(err error) {
		d.note(err)
		pass.TypeErrors = append(pass.TypeErrors, err.(types.Error))
	}}
	pass.Pkg, _ = config.Check(importPath, d.fset, pass.Files, pass.TypesInfo)
	pass.ExportObjectFact = func(object types.Object, fact analysis.Fact) { d.facts[object] = fact }
	pass.ImportObjectFact = func(object types.Object, fact analysis.Fact) bool {
		known, ok := d.facts[object]
		if ok {
			reflect.ValueOf(fact).Elem().Set(reflect.ValueOf(known).Elem())
		}
		return ok
	}
	inspected, err := inspect.Analyzer.Run(&analysis.Pass{Files: pass.Files})
	if err != nil {
		d.t.Fatal(err)
	}
	pass.ResultOf = map[*analysis.Analyzer]any{inspect.Analyzer: inspected}
	if _, err := vet.Analyzer.Run(pass); err != nil {
		d.t.Error(err)
	}
	return pass.Pkg
}

// note keeps what the compiler says.
func (d *driver) note(err error) {
	if list := (scanner.ErrorList)(nil); errors.As(err, &list) {
		for _, e := range list {
			d.compiler = append(d.compiler, report{at: e.Pos, message: e.Msg})
		}
	}
	if e := (types.Error{}); errors.As(err, &e) {
		d.compiler = append(d.compiler, report{at: d.fset.PositionFor(e.Pos, false), message: e.Msg})
	}
}

func (d *driver) report(found analysis.Diagnostic) {
	r := report{pos: found.Pos, at: d.fset.PositionFor(found.Pos, false), message: found.Message}
	if len(found.SuggestedFixes) > 0 {
		r.edits = found.SuggestedFixes[0].TextEdits
	}
	d.reports = append(d.reports, r)
}

// exportsFor has go list build whatever the sources import, as far as the
// repository can, and returns where the export data is.
func exportsFor(t *testing.T, sources [][]byte) map[string]string {
	t.Helper()
	args := []string{"list", "-e", "-deps", "-export", "-f", "{{.ImportPath}} {{.Export}}", "--", runtimePath}
	for _, source := range sources {
		if file, err := parser.ParseFile(token.NewFileSet(), "", source, parser.ImportsOnly); err == nil {
			for _, spec := range file.Imports {
				if importPath := strings.Trim(spec.Path.Value, `"`); importPath != "C" && !strings.HasPrefix(importPath, "example.") && !slices.Contains(args, importPath) {
					args = append(args, importPath)
				}
			}
		}
	}
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	exports := make(map[string]string)
	for line := range strings.Lines(string(out)) {
		importPath, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		exports[importPath] = file
	}
	return exports
}
