package emit

import (
	"bytes"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/actorgen/actorgen/generator/model"
)

// goldenDeclarations are the declarations of all golden outputs.
func goldenDeclarations(tb testing.TB) [][]byte {
	tb.Helper()
	paths, err := filepath.Glob("../../testdata/golden/*.txtar")
	if err != nil || len(paths) == 0 {
		tb.Fatalf("got no golden outputs (%v)", err)
	}
	var all [][]byte
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		for _, f := range archive.Files {
			if f.Name == model.FileName {
				_, declarations := split(f.Data)
				all = append(all, slices.DeleteFunc(declarations, func(d []byte) bool {
					return bytes.HasSuffix(d, []byte("\"\n)")) // the second group of the imports
				})...)
			}
		}
	}
	return all
}

// unformatted takes away what a formatter adds in front of lines and between
// columns.
func unformatted(declaration []byte) []byte {
	var lines [][]byte
	for line := range bytes.Lines(declaration) {
		line = bytes.TrimSpace(line)
		if !bytes.HasPrefix(line, []byte("//")) && !bytes.Contains(line, []byte(`"`)) {
			line = bytes.Join(bytes.Fields(line), []byte(" "))
		}
		lines = append(lines, line)
	}
	return bytes.Join(lines, []byte("\n"))
}

// TestLayoutOfGoldens also holds how much is left to gofmt, as structs without a
// name are, of which the goldens are full.
func TestLayoutOfGoldens(t *testing.T) {
	declarations := goldenDeclarations(t)
	var l layouter
	known := 0
	for _, want := range declarations {
		got, ok := l.layout(unformatted(want))
		if !ok {
			continue
		}
		known++
		if !bytes.Equal(got, want) {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
	if known*100 < len(declarations)*92 {
		t.Errorf("got %d of %d declarations laid out, want 92%%", known, len(declarations))
	}
}

// FuzzLayout: whatever it takes on, it formats like gofmt.
func FuzzLayout(f *testing.F) {
	for _, d := range goldenDeclarations(f) {
		f.Add(unformatted(d))
	}
	for _, d := range []string{
		"// F is.\n//\n// A heading\n//\n// It has text.\nvar a b",
		"// F is.\n//\n//  - item\nvar a b",
		"// ``F'' is.\nvar a b",
		"// F is.\f\nvar a b",
		"func a() (b)",
		"type T struct {\na [5]int\nb `x`\n}",
		"var x T = f(30 * time.Second, a)",
		"var x T = y [3]",
		"var x = func () { return }",
		"func()A(A[A]A)",
		"func (a A) A(a A) ()",
		"var A = A{A(A{\n{\"\",\n}})}",
		"var A (A)",
		"func A(A (A))",
		"var A func(A[A*0])",
		"func A() {\nA:{\n0\n}\n}",
		"var A = A{\nA0:{},\n0:{},{\n0,\n},\n}",
		"var A = A{\nA:\"\",\nA0:A{\"\f\"},\n}",
		"func A() {\nA[0]*0\n}",
		"func A() {\nif;0{\n}\n}",
		"var A func(A[A[0]*A[0]])",
		"var A = A{\nA:0,\"\",\nA0:{},\n}",
		"func A() A {\nreturn A{\n{func()A()*func(){\n}},\n}\n}",
	} {
		f.Add([]byte(d))
	}
	f.Fuzz(func(t *testing.T, declaration []byte) {
		got, ok := new(layouter).layout(declaration)
		if !ok {
			return
		}
		want, err := gofmt(declaration)
		if err != nil || bytes.Contains(want, []byte("\n\n")) {
			return // no declaration, or several
		}
		if !bytes.Equal(got, want) {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}
