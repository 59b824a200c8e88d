package diagnostic

import (
	"go/token"
	"path/filepath"
	"slices"
	"testing"
)

func TestSorted(t *testing.T) {
	dir := filepath.FromSlash("/src/app")
	at := func(name string, line, column int) token.Position {
		return token.Position{Filename: filepath.FromSlash(name), Line: line, Column: column, Offset: line * column}
	}
	var list List
	list.Addf(at("/src/app/b.go", 1, 1), "", "last")
	list.Addf(at("/src/app/a.go", 10, 2), "mend it", "third %q", "x")
	list.Addf(at("/src/app/a.go", 9, 7), "", "second")
	list.Addf(at("/src/app/a.go", 9, 7), "", "second")
	list.Addf(at("/src/app/a.go", 9, 3), "", "first")
	list.Addf(at("/far/away/c.go", 1, 1), "", "elsewhere")
	var got []string
	for _, d := range list.Sorted(dir) {
		got = append(got, filepath.ToSlash(d.String()))
	}
	want := []string{
		"/far/away/c.go:1:1: elsewhere",
		"a.go:9:3: first",
		"a.go:9:7: second",
		`a.go:10:2: third "x" (mend it)`,
		"b.go:1:1: last",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
