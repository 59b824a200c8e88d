// Package generator turns annotated packages into the files that belong beside
// them: patterns, loaded packages, directives, the analysed model, bytes. It is
// pure: it reads the module and writes nothing.
package generator

import (
	"context"

	"github.com/actorgen/actorgen/generator/diagnostic"
	"github.com/actorgen/actorgen/generator/lockfile"
	"github.com/actorgen/actorgen/generator/model"
)

// Config says what to generate.
type Config struct {
	// Dir is the working directory, in which patterns are read and to which
	// the diagnostics are relative. Defaults to the process's.
	Dir string
	// Patterns name the packages that files are generated for, as for go
	// list. The whole main module is read all the same, because names and
	// queues are shared by it. Defaults to the whole main module.
	Patterns []string
	// Main is the directory of the worker's main.go, or empty for none. Without
	// any actor left to run, the file goes.
	Main string
	// Stubs is the directory, relative to each annotated package, of the package
	// that its stubs go into. Defaults to the annotated package itself.
	Stubs string
}

// Result is what a run found.
type Result struct {
	// Packages are the packages with actors that the patterns match, sorted
	// by import path.
	Packages []*model.Package
	// Files are the outputs, sorted by path. There are none when there are
	// diagnostics.
	Files []model.File
	// Contract is the wire contract of the whole module, whatever the patterns
	// are. It is nil when there are diagnostics.
	Contract *lockfile.File
	// ModuleDir is the directory of go.mod, beside which the contract is locked.
	ModuleDir string
	// Diagnostics are the problems in the source, sorted by position.
	Diagnostics diagnostic.List
}

// Run reads the module around c.Dir and generates what c asks for. Problems of
// the source are diagnostics; the error is for an environment in which the
// source cannot be read. Run writes nothing and may be called concurrently.
func Run(ctx context.Context, c Config) (Result, error) {
	return run(ctx, c)
}
