// Package load reads the main module the cheap way: it asks go list which files
// there are, parses only packages that mention a directive, and type-checks
// them without function bodies against the export data of only those imports
// that annotated signatures need. So a package that does not compile yet,
// because it calls stubs that are still to be generated, loads all the same.
package load

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/actorgen/actorgen/generator/diagnostic"
	"github.com/actorgen/actorgen/generator/directive"
)

// Module is the main module.
type Module struct {
	// Path is the module path, Dir the directory of go.mod.
	Path string
	Dir  string
	Fset *token.FileSet
	// Packages are all packages of the module, sorted by import path.
	Packages []*Package
	// Partial says that there are more of them, of which nothing is known.
	Partial bool

	// workingDir is where the run was started.
	workingDir string
	// translated are the files that cgo wrote, by their names.
	translated map[string]*token.File
	// glance is what was read and listed on a guess, if anything was.
	glance *glance
}

// Relative names a file as the diagnostics of the run do.
func (m *Module) Relative(name string) string { return diagnostic.Relative(m.workingDir, name) }

// HasActors reports whether any package, matched or not, has an annotated
// function.
func (m *Module) HasActors() bool { return slices.ContainsFunc(m.Packages, (*Package).HasActors) }

// HasStale reports whether a package that the patterns name has a generated
// file, or stubs elsewhere, but no annotated function any more.
func (m *Module) HasStale() bool {
	return slices.ContainsFunc(m.Packages, func(p *Package) bool {
		return p.Output != "" && m.MayRemove(p) && !m.source(p).HasActors()
	})
}

// MayRemove reports whether a generated file that belongs to no package any more
// is one that the patterns speak of. Stubs in a package of their own belong to
// the annotated package as long as there is one.
func (m *Module) MayRemove(p *Package) bool {
	source := m.source(p)
	return source.Matched || p.Matched && !source.HasActors()
}

// source returns the package whose functions the output of p sends tasks to.
func (m *Module) source(p *Package) *Package {
	if source := m.Find(p.StubsOf); source != nil {
		return source
	}
	return p
}

// Find returns the package with an import path, or nil.
func (m *Module) Find(importPath string) *Package {
	i, ok := slices.BinarySearchFunc(m.Packages, importPath, func(p *Package, path string) int { return cmp.Compare(p.Path, path) })
	if !ok {
		return nil
	}
	return m.Packages[i]
}

// Package is one package of the module. Only the first two groups of fields are
// set where nothing mentions a directive.
type Package struct {
	Path string
	Name string
	Dir  string
	// Matched says that the patterns of the run name the package.
	Matched bool
	// Output is the package's generated file if it exists and is ours, else
	// empty.
	Output string
	// StubsOf is the import path of the annotated package whose stubs are in
	// Output, if that is another package.
	StubsOf string

	// Sources are the paths of all files that the build compiles.
	Sources []string
	// Unread are the files that cannot be read, so that nothing is known of
	// what they hold.
	Unread []Unread

	// Files are the parsed files, without generated ones.
	Files []*File
	// Excluded are the parsed files with directives that belong to other builds
	// than this one.
	Excluded []*File
	// Elsewhere are the parsed files that belong to the package in other
	// builds than this one, with directives or not.
	Elsewhere []*File
	// Tests are the parsed test files of the package itself.
	Tests []*File

	// Types is the package checked without bodies, and Defs what its
	// identifiers define. Both are nil until Module.Check.
	Types *types.Package
	Defs  map[*ast.Ident]types.Object
	// Unclear says that the signatures depend on files that do not parse, so
	// that a type which seems to be missing may be there. Set by Module.Check.
	Unclear bool
}

// IsWhole reports whether all files of the package could be read and parse.
func (p *Package) IsWhole() bool {
	return len(p.Unread) == 0 && !slices.ContainsFunc(p.Files, func(f *File) bool { return f.Err != nil })
}

// HasActors reports whether the package has an annotated function.
func (p *Package) HasActors() bool {
	return slices.ContainsFunc(p.Files, func(f *File) bool { return len(f.Directives.Funcs) > 0 })
}

// File is a parsed file with its directives.
type File struct {
	Path       string
	Syntax     *ast.File
	Directives directive.File
	// Platform says what the build of the file depends on. It is empty for a
	// file that belongs to every build.
	Platform string
	// Err is the first syntax error, if there is one.
	Err error
}

// Unread is a file that cannot be read.
type Unread struct {
	Path string
	Err  error
}
