package emit_test

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/generator/emit"
	"github.com/actorgen/actorgen/generator/model"
)

// packageOf is the model of a package with the function "run" annotated.
func packageOf(t *testing.T, source string) *model.Package {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "tasks.go", "package tasks\n"+source, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := (&types.Config{Importer: importer.Default()}).Check("example.com/tasks", fset, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	a := &model.Actor{Func: "run", Var: "Run", Name: "tasks.Run", Queue: model.Queue{Name: "default"}, Err: true}
	for v := range pkg.Scope().Lookup("run").(*types.Func).Signature().Params().Variables() {
		a.Params = append(a.Params, model.Param{Name: v.Name(), Type: v.Type()})
	}
	return &model.Package{Path: pkg.Path(), Name: pkg.Name(), Types: pkg, Actors: []*model.Actor{a}}
}

// TestPackageRefuses: what cannot be expressed is an error that names it. The
// analysis refuses most of it before, with a position.
func TestPackageRefuses(t *testing.T) {
	for name, test := range map[string]struct{ source, want string }{
		"interface":     {`func run(x any) error { return nil }`, "type any cannot be carried"},
		"channel":       {`func run(x []chan int) error { return nil }`, "type chan int cannot be carried"},
		"complex":       {`func run(x complex128) error { return nil }`, "type complex128 cannot be carried"},
		"uintptr":       {`func run(x uintptr) error { return nil }`, "type uintptr cannot be carried"},
		"float key":     {`func run(x map[float64]int) error { return nil }`, "type map[float64]int cannot be carried"},
		"pointer loop":  {"type P *P\nfunc run(x P) error { return nil }", "type example.com/tasks.P cannot be carried"},
		"unexported":    {"type T struct{ a int }\nfunc run(x *T) error { return nil }", "field a of type example.com/tasks.T cannot be carried: it is unexported"},
		"argument":      {"type Box[T any] struct{}\nfunc run(x Box[chan int]) error { return nil }", "type chan int cannot be carried"},
		"no error type": {"type error interface{ Error() string }\nfunc run(x int) error { return nil }", "declares error"},
	} {
		_, err := emit.Package(packageOf(t, test.source))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
	}
}

// TestPackageResult: the type of a result is named, so it is judged as well.
func TestPackageResult(t *testing.T) {
	p := packageOf(t, "func run(x int) (any, error) { return nil, nil }")
	p.Actors[0].Result = p.Types.Scope().Lookup("run").(*types.Func).Signature().Results().At(0).Type()
	if _, err := emit.Package(p); err == nil || !strings.Contains(err.Error(), "type any cannot be carried") {
		t.Errorf("got %v, want an error that names any", err)
	}
}

// TestPackageNew: a package may call its constructor new as long as nothing is
// set that needs the language's.
func TestPackageNew(t *testing.T) {
	p := packageOf(t, "func new() int { return 0 }\nfunc run(x int) error { return nil }")
	if _, err := emit.Package(p); err != nil {
		t.Errorf("nothing set: got %v, want no error", err)
	}
	p.Actors[0].Settings = []model.Setting{{Key: "max-retries", Struct: "Work", Field: "MaxRetries", Value: 5}}
	if _, err := emit.Package(p); err == nil || !strings.Contains(err.Error(), "declares new") {
		t.Errorf("max-retries set: got %v, want an error that names new", err)
	}
}
