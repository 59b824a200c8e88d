// Package load reads the main module the cheap way: it asks go list which files
// there are, parses only packages that mention a directive, and type-checks
// them without function bodies against the export data of only those imports
// that annotated signatures need. So a package that does not compile yet,
// because it calls stubs that are still to be generated, loads all the same.
package load

import (
	"go/ast"
	"go/token"
	"go/types"

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

	// ahead is the export data that was listed on a guess.
	ahead []*listed
}

// Package is one package of the module. Only the first group of fields is set
// where nothing mentions a directive.
type Package struct {
	Path string
	Name string
	Dir  string
	// Matched says that the patterns of the run name the package.
	Matched bool
	// Output is the package's generated file if it exists and is ours, else
	// empty.
	Output string

	// Files are the parsed files, without generated ones.
	Files []*File
	// Tests are the parsed test files of the package itself.
	Tests []*File

	// Types is the package checked without bodies, and Defs what its
	// identifiers define. Both are nil until Module.Check.
	Types *types.Package
	Defs  map[*ast.Ident]types.Object
}

// File is a parsed file with its directives.
type File struct {
	Path       string
	Syntax     *ast.File
	Directives directive.File
	// Err is the first syntax error, if there is one.
	Err error
}
