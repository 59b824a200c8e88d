package shape_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/generator/shape"
)

// home is where the types of the tests live.
var home = shape.Home{Package: "example.com/tasks", Module: "example.com"}

// typeT declares T in package tasks.
func typeT(t *testing.T, source string) types.Type {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "tasks.go", "package tasks\n"+source, 0)
	if err != nil {
		t.Fatal(err)
	}
	config := types.Config{Importer: importer.Default()}
	pkg, err := config.Check(home.Package, fset, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return pkg.Scope().Lookup("T").Type()
}

// TestLocks: generated code passes structs by value, so it must not be given
// what go vet forbids to copy.
func TestLocks(t *testing.T) {
	for _, source := range []string{
		"import \"sync\"\ntype T struct { A int; mu sync.Mutex `msgpack:\"-\"` }",
		"import \"sync\"\ntype T struct { A int; sync.RWMutex }",
		"import \"sync\"\ntype T struct { A int; groups [2]sync.WaitGroup `msgpack:\"-\"` }",
		"import \"sync/atomic\"\ntype T struct { A int; N struct{ n atomic.Int64 } `msgpack:\"-\"` }",
		"import \"sync\"\ntype T struct { mu sync.Mutex }\nfunc (*T) MarshalText() ([]byte, error) { return nil, nil }\nfunc (*T) UnmarshalText([]byte) error { return nil }",
		"type T struct{ A int }\nfunc (*T) Lock() {}\nfunc (*T) Unlock() {}",
	} {
		_, refusals := home.Of(types.NewPointer(typeT(t, source)))
		if len(refusals) == 0 || !strings.Contains(refusals[0].Message, "lock, which must not be copied") {
			t.Errorf("%s: got %+v, want one refusal because of a lock", source, refusals)
		}
	}
	for _, source := range []string{
		"import \"sync\"\ntype T struct { A int; mu *sync.Mutex `msgpack:\"-\"` }",
		"type T struct{ A int }\nfunc (T) Lock() {}\nfunc (T) Unlock() {}",
	} {
		if _, refusals := home.Of(typeT(t, source)); refusals != nil {
			t.Errorf("%s: got %+v, want no refusal", source, refusals)
		}
	}
}

// TestWide: how many types refer to each other says nothing of how deep their
// values nest.
func TestWide(t *testing.T) {
	const count = 400
	var source strings.Builder
	for i := range count {
		fmt.Fprintf(&source, "type T%d struct { Next *T%d; Twice []T%d }\n", i, (i+1)%count, i*2%count)
	}
	source.WriteString("type T = T0")
	s, refusals := home.Of(typeT(t, source.String()))
	if refusals != nil {
		t.Fatalf("got %+v, want no refusal", refusals)
	}
	seen := make(map[*shape.Shape]bool)
	for ; !seen[s]; s = s.Fields[0].Elem {
		seen[s] = true
	}
	if len(seen) != count {
		t.Errorf("got %d types, want %d", len(seen), count)
	}
}

// TestEndless: the compiler refuses such types, but not before the generator
// has seen them.
func TestEndless(t *testing.T) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "tasks.go", "package tasks\ntype N[P any] struct { Next *N[[]P] }\ntype T = N[int]", 0)
	if err != nil {
		t.Fatal(err)
	}
	config := types.Config{Error: func(error) {}}
	pkg, _ := config.Check(home.Package, fset, []*ast.File{file}, nil)
	_, refusals := home.Of(pkg.Scope().Lookup("T").Type())
	if len(refusals) == 0 || !strings.Contains(refusals[0].Message, "nest deeper than") {
		t.Errorf("got %d refusals, want those for the nesting", len(refusals))
	}
}

// TestOwnMethods: what a struct is lent by an embedded type speaks for that
// alone.
func TestOwnMethods(t *testing.T) {
	for name, test := range map[string]struct {
		source    string
		form      shape.Form
		hasIsZero bool
	}{
		"declared":         {"type T struct{ A int }\nfunc (T) IsZero() bool { return true }", shape.Struct, true},
		"for pointers":     {"type T struct{ A int }\nfunc (*T) IsZero() bool { return true }", shape.Struct, false},
		"other results":    {"type T struct{ A int }\nfunc (T) IsZero() int { return 0 }", shape.Struct, false},
		"promoted":         {"import \"time\"\ntype T struct{ time.Time; Name string }", shape.Struct, false},
		"promoted twice":   {"import \"time\"\ntype E struct{ *time.Time }\ntype T struct{ *E }", shape.Struct, false},
		"promoted marshal": {"import \"net/netip\"\ntype T struct{ netip.Addr; Name string }", shape.Struct, false},
		"aliased bytes":    {"type B = []uint8\ntype T struct{}\nfunc (T) MarshalText() (B, error) { return nil, nil }\nfunc (*T) UnmarshalText(B) error { return nil }", shape.Own, false},
		"time":             {"import \"time\"\ntype T = time.Time", shape.Plain, true},
	} {
		s, refusals := home.Of(typeT(t, test.source))
		if refusals != nil || s.Form != test.form || s.HasIsZero != test.hasIsZero {
			t.Errorf("%s: got form %d, IsZero %t (%+v), want %d, %t", name, s.Form, s.HasIsZero, refusals, test.form, test.hasIsZero)
		}
	}
}
