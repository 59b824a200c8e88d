package directive

import (
	"go/build/constraint"
	"go/parser"
	"go/token"
	"slices"
	"strings"
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
// +build ignore
//actor:task name=x
func f(ctx context.Context) {}

type T struct{}

//actor:task
func (T) g(ctx context.Context) {}

//actor:new
func NewT() T { return T{} }

func plain() {
	//actor:ignore it is meant
	f(nil) //actor:ignore
}
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
	if len(got.Ignores) != 2 {
		t.Errorf("got %d comments that ignore, want 2", len(got.Ignores))
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

// FuzzScan: every directive and every problem of a file has a place in it, and
// no file with one escapes the quick look.
func FuzzScan(f *testing.F) {
	f.Add(scanned)
	for _, seed := range []string{
		"//actor:task\npackage p", "package p\n//actor:defaults a=b", "package p\nfunc f() {\n//actor:task\n}",
		"package p\n//actor:task\n\nfunc f() {}", "package p\ntype (\n//actor:task\nT int)", "package p\n/*actor:task*/\nfunc (", "package p\r\n\r\n//actor:queue q\r\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		fset := token.NewFileSet()
		file, _ := parser.ParseFile(fset, "p.go", source, parser.ParseComments|parser.SkipObjectResolution)
		if file == nil {
			return
		}
		got := Scan(fset, file)
		problems := slices.Concat(got.Problems, got.Misplaced)
		if len(problems)+len(got.All()) > 0 && !Mentioned([]byte(source)) {
			t.Errorf("%q: got no mention of %v, %v", source, problems, got.All())
		}
		in := func(pos token.Pos) bool { return fset.File(pos) != nil }
		for _, p := range problems {
			if !in(p.Pos) || p.Message == "" || strings.ContainsAny(p.Message+p.Hint, "\n") {
				t.Errorf("%q: got problem %+v", source, p)
			}
		}
		for _, d := range got.All() {
			if !in(d.Pos) || d.Name != "" && !in(d.NamePos) {
				t.Errorf("%q: got directive %+v", source, d)
			}
			for _, s := range d.Settings {
				if !in(s.Pos) || s.Key == "" {
					t.Errorf("%q: got setting %+v", source, s)
				}
			}
		}
		for fn := range got.Funcs {
			for line := range strings.SplitSeq(Doc(fn.Doc), "\n") {
				if constraint.IsPlusBuild("//" + line) {
					t.Errorf("%q: got build constraint %q in the doc", source, line)
				}
			}
		}
	})
}
