package shape

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"strings"
	"testing"
)

// FuzzTag: what a tag says is what reflection finds in it.
func FuzzTag(f *testing.F) {
	for _, seed := range []string{`msgpack:"a,omitempty"`, `msgpack:a`, ` json:"x" msgpack: "y"`, `msgpack:"-,"`, `msgpack:"'a,b'"`, `json:"\"" msgpack:"\n"`, "msgpack:\"`\""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := parseTag(text)
		value, ok := reflect.StructTag(text).Lookup("msgpack")
		if got.malformed && ok || got.key != "" && !strings.HasPrefix(value, got.key) || strings.Contains(got.key, ",") {
			t.Errorf("%q: got %+v, where reflection finds %q", text, got, value)
		}
		if got.omitEmpty != (ok && strings.Contains(value+",", ",omitempty,")) {
			t.Errorf("%q: got omitempty %t", text, got.omitEmpty)
		}
		if skipped(text) != (got.key == "-") {
			t.Errorf("%q: got it skipped: %t", text, skipped(text))
		}
	})
}

// FuzzTypes: each type has a shape that is whole, or there is a reason why not,
// even where it does not compile.
func FuzzTypes(f *testing.F) {
	for _, seed := range []string{
		"type T int", "type T []T", "type T map[string]struct{ A *T }", "type T = []byte", "type T [2][]U; type U *T",
		"type T struct { A, B int; U }; type U struct { A map[U]int `msgpack:\"-\"` }", "type B[P any] struct { V P }; type T B[B[int]]",
		"type N[P any] struct { Next *N[[]P] }; type T N[int]", "type T missing", "type T interface{ T }", "type T struct { T }",
		"type T struct{ a int }; func (T) MarshalText() ([]byte, error); func (*T) UnmarshalText([]byte) error",
		"type P *P; type T P", "type P[T any] *P[[]T]; type T P[int]", "type N[P any] struct { Y [1]N[[]P] `msgpack:\"-\"` }; type T N[int]", "type A[X any] = []X; type T A[A[T]]", "type T [1 << 62]struct{}", "type T func(T) chan<- T", "type T struct{ A.B; *C }",
	} {
		f.Add(seed)
	}
	home := Home{Package: "example.com/tasks", Module: "example.com"}
	f.Fuzz(func(t *testing.T, source string) {
		fset := token.NewFileSet()
		file, _ := parser.ParseFile(fset, "tasks.go", "package tasks\n"+source, parser.SkipObjectResolution)
		if file == nil || len(source) > 2000 {
			return
		}
		config := types.Config{Error: func(error) {}, IgnoreFuncBodies: true}
		pkg, _ := config.Check(home.Package, fset, []*ast.File{file}, nil)
		o, ok := pkg.Scope().Lookup("T").(*types.TypeName)
		if !ok {
			return
		}
		s, refusals := home.Of(o.Type())
		for _, r := range refusals {
			if r.Message == "" || strings.Contains(r.Message+r.Hint, "\n") {
				t.Errorf("%s: got refusal %+v", source, r)
			}
		}
		if len(refusals) == 0 {
			whole(t, source, s, make(map[*Shape]bool))
		}
	})
}

// whole checks that whoever writes code for a shape finds what it needs.
func whole(t *testing.T, source string, s *Shape, seen map[*Shape]bool) {
	if s == nil {
		t.Fatalf("%s: got a shape without a part", source)
	}
	if seen[s] {
		return
	}
	seen[s] = true
	switch s.Form {
	case Plain, Own:
		if s.Encode == "" || s.Decode == "" {
			t.Errorf("%s: got no methods for %s", source, s.Type)
		}
	case Map:
		whole(t, source, s.Key, seen)
		whole(t, source, s.Elem, seen)
	case Slice, Array, Pointer:
		whole(t, source, s.Elem, seen)
	case Struct:
		for _, field := range s.Fields {
			if field.Key == "" || field.Name == "" {
				t.Errorf("%s: got field %+v", source, field)
			}
			whole(t, source, field.Shape, seen)
		}
	}
}
