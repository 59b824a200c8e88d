package workermain

import (
	"go/token"
	"go/types"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/actorgen/actorgen/generator/model"
)

// page is what the template shows.
type page struct {
	Header, Command, Module string
	// Std, Runtime and Tables are the imports, in three groups.
	Std, Runtime []imported
	Tables       []*table
	// Workercmd and Fmt are what these packages are called.
	Workercmd, Fmt string
	Receivers      []*receiver
	// Context says that a constructor takes it.
	Context bool
}

// imported is an import.
type imported struct {
	Path string
	// Alias is empty where the package's own name serves.
	Alias string
	Name  string
}

// table is the import of a package with a table, and the arguments of the function
// that returns it.
type table struct {
	imported
	Args string
}

// newPage decides what everything in the file is called: the imports come first,
// then the variables. Other files of the package declare what is taken.
func newPage(packages []*model.Package, taken map[string]bool) *page {
	names := maps.Clone(scope(taken))
	if names == nil {
		names = make(scope)
	}
	for _, name := range []string{"main", "init", contextVar, errVar, "nil"} {
		names[name] = true
	}
	workercmd := names.imports("workercmd", runtimePath+"/workercmd")
	format, ctx := names.imports("fmt", "fmt"), names.imports("context", "context")
	page := &page{Runtime: []imported{workercmd}, Workercmd: workercmd.Name, Fmt: format.Name}
	for _, p := range packages {
		page.Tables = append(page.Tables, &table{imported: names.imports(p.Name, p.Path)})
	}
	for _, name := range types.Universe.Names() {
		names[name] = true
	}
	needsContext := false
	for i, p := range packages {
		var args []string
		for _, r := range p.Receivers {
			v := newReceiver(names.pick(model.Variable(r.Name)), p, page.Tables[i].Name, ctx.Name, r)
			args = append(args, v.argument(r))
			last := len(page.Receivers) - 1
			v.Apart = last < 0 || v.isLong() || page.Receivers[last].isLong()
			page.Receivers = append(page.Receivers, v)
			page.Context = page.Context || r.New.Context
			needsContext = needsContext || strings.Contains(v.Close, ctx.Name+".Context")
		}
		page.Tables[i].Args = strings.Join(args, ", ")
	}
	if needsContext {
		page.Std = append(page.Std, ctx)
	}
	if slices.ContainsFunc(page.Receivers, func(r *receiver) bool { return r.Err }) {
		page.Std = append(page.Std, format)
	}
	return page
}

// The variables beside the receivers.
const (
	contextVar = "ctx"
	errVar     = "err"
)

// runtimePath is where the worker's own packages are.
const runtimePath = "github.com/actorgen/actorgen/runtime"

// scope holds the names that mean something in the file.
type scope map[string]bool

// pick returns name, or name with the first number that makes it new, and takes
// it.
func (s scope) pick(name string) string {
	picked := name
	for n := 2; s[picked] || token.IsKeyword(picked); n++ {
		picked = name + strconv.Itoa(n)
	}
	s[picked] = true
	return picked
}

// imports names an import of a package that calls itself name.
func (s scope) imports(name, importPath string) imported {
	result := imported{Path: importPath, Name: s.pick(name)}
	if result.Name != path.Base(importPath) {
		result.Alias = result.Name
	}
	return result
}
