package load

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/actorgen/actorgen/generator/directive"
	"github.com/actorgen/actorgen/generator/model"
)

// maxAhead bounds the directory entries that are looked at ahead: in a large
// module the look costs more than it saves.
const maxAhead = 4000

// ahead guesses, while go list is still finding the files of the module in
// root, which export data will be asked for, and has it listed: two runs of go
// list then take the time of one. It knows nothing of build tags, workspaces
// and vendoring, so what it misses is listed later, and what is too much stays
// unused. The dirs are those with a file that mentions a directive.
func ahead(ctx context.Context, root string, dirs []string) []*listed {
	needed := make(map[string]bool)
	fset := token.NewFileSet()
	for _, dir := range dirs {
		p := parseAhead(fset, dir)
		var funcs []*ast.FuncDecl
		for _, file := range p.Files {
			funcs = slices.AppendSeq(funcs, maps.Keys(file.Directives.Funcs))
		}
		r := reached(p, funcs)
		maps.Copy(needed, r.imports)
	}
	if len(needed) == 0 || exists(filepath.Join(root, "vendor")) {
		return nil
	}
	// Read-only, because two runs must not bring go.mod up to date at once.
	packages, err := listExports(ctx, root, slices.Sorted(maps.Keys(needed)), "-mod=readonly")
	if err != nil {
		return nil // the true run will say it
	}
	return slices.DeleteFunc(packages, func(p *listed) bool { return p.Export == "" })
}

// mentioning returns the directories with a file that mentions a directive.
func mentioning(root string) []string {
	var dirs []string
	seen := 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if seen++; err != nil || seen > maxAhead {
			return fs.SkipAll
		}
		name := entry.Name()
		if entry.IsDir() {
			if path != root && (name == "vendor" || name == "testdata" || name[0] == '.' || name[0] == '_' || exists(filepath.Join(path, "go.mod"))) {
				return fs.SkipDir
			}
			return nil
		}
		dir := filepath.Dir(path)
		if isSource(name) && !slices.Contains(dirs, dir) {
			if content, err := os.ReadFile(path); err == nil && (source{path, content}).mentions() {
				dirs = append(dirs, dir)
			}
		}
		return nil
	})
	if err != nil || seen > maxAhead {
		return nil
	}
	return dirs
}

func parseAhead(fset *token.FileSet, dir string) *Package {
	p := &Package{Dir: dir}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return p
	}
	for _, entry := range entries {
		if !isSource(entry.Name()) {
			continue
		}
		path := filepath.Join(dir, entry.Name())
		if syntax, _ := parser.ParseFile(fset, path, nil, parser.ParseComments|parser.SkipObjectResolution); syntax != nil {
			p.Files = append(p.Files, &File{Path: path, Syntax: syntax, Directives: directive.Scan(fset, syntax)})
		}
	}
	return p
}

func isSource(name string) bool {
	return strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && name != model.FileName &&
		name[0] != '.' && name[0] != '_'
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
