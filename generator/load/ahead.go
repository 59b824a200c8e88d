package load

import (
	"bytes"
	"context"
	"go/ast"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
)

// glance is what a look at the directories of the module shows while go list is
// still finding its packages. It knows nothing of build tags, workspaces and
// vendoring, so it only saves work: what it misses is read later, and what is
// too much stays unused.
type glance struct {
	// dirs are those with a file that mentions a directive.
	dirs []string
	// silent are the files that mention none.
	silent map[string]bool
	// parsed are the files of dirs.
	parsed map[string]parsed
	// listed is the export data that will be asked for.
	listed []*listed
}

// parsed is a file with what it was parsed from.
type parsed struct {
	content []byte
	file    *File
}

// look takes a glance at the module in root. If export data is needed, two runs
// of go list then take the time of one.
func look(ctx context.Context, fset *token.FileSet, root string) *glance {
	g := &glance{silent: make(map[string]bool), parsed: make(map[string]parsed)}
	speaking := make(map[string]bool)
	for _, s := range sourcesIn(root) {
		if s.mentions() {
			speaking[filepath.Dir(s.path)] = true
		} else {
			g.silent[s.path] = true
		}
	}
	g.dirs = slices.Sorted(maps.Keys(speaking))
	needed := g.parse(fset)
	if len(needed) > 0 && !exists(filepath.Join(root, "vendor")) {
		// Read-only, because two runs must not bring go.mod up to date at once. An
		// error is left to the true run to say.
		packages, _ := listExports(ctx, root, needed.paths(), "-mod=readonly")
		g.listed = slices.DeleteFunc(packages, func(p *listed) bool { return p.Export == "" })
	}
	return g
}

// parse parses the files of all directories, and returns what their annotated
// functions need.
func (g *glance) parse(fset *token.FileSet) needs {
	var sources []source
	for _, dir := range g.dirs {
		sources = append(sources, readable(namesIn(dir))...)
	}
	files := make([]*File, len(sources))
	each(len(sources), func(i int) { files[i] = parseFile(fset, sources[i]) })
	packages := make(map[string]*Package)
	for i, s := range sources {
		g.parsed[s.path] = parsed{s.content, files[i]}
		dir := filepath.Dir(s.path)
		if packages[dir] == nil {
			packages[dir] = new(Package)
		}
		packages[dir].Files = append(packages[dir].Files, files[i])
	}
	needed := make(needs)
	for _, p := range packages {
		var funcs []*ast.FuncDecl
		for _, file := range p.Files {
			funcs = slices.AppendSeq(funcs, maps.Keys(file.Directives.Funcs))
		}
		needed.add(reached(p, funcs))
	}
	return needed
}

// take returns a file that is parsed already, once: the caller may change it.
func (g *glance) take(s source) (*File, bool) {
	if g == nil {
		return nil, false
	}
	p, ok := g.parsed[s.path]
	delete(g.parsed, s.path)
	return p.file, ok && bytes.Equal(p.content, s.content)
}
