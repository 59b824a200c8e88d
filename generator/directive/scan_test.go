package directive

import (
	"go/parser"
	"go/token"
	"slices"
	"testing"
)

const scanned = `// Package p is documented.
//
//actor:defaults queue=a
//actor:queue a type=classic
package p

//actor:queue b prefetch=3

import "context"

// f is documented.
//
//actor:task
// more prose
//actor:task name=x
func f(ctx context.Context) {}

type T struct{}

//actor:task
func (T) g(ctx context.Context) {}

//actor:new
func NewT() T { return T{} }

func plain() {}
`

func TestScan(t *testing.T) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", scanned, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	got := Scan(fset, file)
	if problems := slices.Concat(got.Problems, got.Misplaced); len(problems) > 0 {
		t.Errorf("got problems %v, want none", problems)
	}
	if len(got.Defaults) != 1 || len(got.Queues) != 2 {
		t.Errorf("got %d defaults and %d queues, want 1 and 2", len(got.Defaults), len(got.Queues))
	}
	var funcs []string
	for fn, list := range got.Funcs {
		for _, d := range list {
			funcs = append(funcs, fn.Name.Name+" "+string(d.Verb))
		}
	}
	slices.Sort(funcs)
	if want := []string{"NewT new", "f task", "f task", "g task"}; !slices.Equal(funcs, want) {
		t.Errorf("got %q, want %q", funcs, want)
	}
	for fn := range got.Funcs {
		if fn.Name.Name == "f" {
			if got, want := Doc(fn.Doc), "f is documented.\n\nmore prose"; got != want {
				t.Errorf("got doc %q, want %q", got, want)
			}
		}
	}
}
