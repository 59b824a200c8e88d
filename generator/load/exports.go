package load

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// exports imports packages from the export data that one run of go list names,
// from source where a package does not compile yet, and those that nobody had
// listed from what is known.
type exports struct {
	ctx    context.Context
	module *Module
	listed map[string]*listed
	gc     types.Importer
	source map[string]*types.Package
	known  *known
	// broken is the first failure to run go list while importing.
	broken error
}

func newExports(ctx context.Context, m *Module, paths []string) (*exports, error) {
	e := &exports{ctx: ctx, module: m, listed: make(map[string]*listed), source: make(map[string]*types.Package), known: newKnown(m.Fset)}
	e.gc = importer.ForCompiler(m.Fset, "gc", e.open)
	if m.glance != nil {
		e.add(m.glance.listed)
	}
	return e, e.list(paths)
}

// list has go list build and name the export data of packages.
func (e *exports) list(paths []string) error {
	paths = slices.DeleteFunc(paths, func(path string) bool { return e.listed[path] != nil })
	if len(paths) == 0 {
		return nil
	}
	packages, err := listExports(e.ctx, e.module.Dir, paths)
	if err != nil {
		return err
	}
	e.add(packages)
	return nil
}

func (e *exports) add(packages []*listed) {
	for _, p := range packages {
		e.listed[p.ImportPath] = p
		for _, path := range p.Match { // vendored packages are listed under the path they are imported by
			e.listed[path] = p
		}
	}
}

// listExports has go list build packages and name their export data.
func listExports(ctx context.Context, dir string, paths []string, flags ...string) ([]*listed, error) {
	args := append(flags, "-export", "-json=Dir,ImportPath,Name,Export,Match,GoFiles,CgoFiles,Error", "--")
	return golist(ctx, dir, append(args, paths...)...)
}

func (e *exports) open(path string) (io.ReadCloser, error) {
	p := e.listed[path]
	if p == nil || p.Export == "" {
		return nil, fmt.Errorf("no export data for %q", path)
	}
	return os.Open(p.Export)
}

// Import returns a package of the list.
func (e *exports) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	p := e.listed[path]
	switch {
	case p == nil && knownNames[path] != nil:
		return e.known.Import(path)
	case p == nil:
		return nil, fmt.Errorf("package %q was not listed", path)
	case p.Export != "":
		return e.gc.Import(path)
	case p.Dir == "":
		if p.Error != nil {
			return nil, errors.New(p.Error.Err)
		}
		return nil, fmt.Errorf("package %q has no source", path)
	}
	return e.fromSource(path, p)
}

// fromSource checks a package that does not compile yet without its function
// bodies. What is wrong with it shows where a signature uses it.
func (e *exports) fromSource(path string, p *listed) (*types.Package, error) {
	if done, ok := e.source[path]; ok {
		return done, nil
	}
	e.source[path] = types.NewPackage(path, p.Name) // ends import cycles
	var files []*ast.File
	var imports []string
	for _, name := range slices.Concat(p.GoFiles, p.CgoFiles) {
		file, _ := parser.ParseFile(e.module.Fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if file == nil {
			continue
		}
		files = append(files, file)
		for _, spec := range file.Imports {
			if path, err := strconv.Unquote(spec.Path.Value); err == nil && path != "C" {
				imports = append(imports, path)
			}
		}
	}
	slices.Sort(imports)
	if err := e.list(slices.Compact(imports)); err != nil && e.broken == nil {
		e.broken = err
	}
	config := types.Config{IgnoreFuncBodies: true, FakeImportC: true, Importer: e, Error: func(error) {}}
	e.source[path], _ = config.Check(path, e.module.Fset, files, nil)
	return e.source[path], nil
}

// limited imports only some packages. The others become fakes, whose errors
// concern nobody.
func (e *exports) limited(paths map[string]bool) types.Importer {
	return importFunc(func(path string) (*types.Package, error) {
		if !paths[path] && path != "unsafe" {
			return nil, fmt.Errorf("package %q is not needed", path)
		}
		return e.Import(path)
	})
}

type importFunc func(path string) (*types.Package, error)

func (f importFunc) Import(path string) (*types.Package, error) { return f(path) }
