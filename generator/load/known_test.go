package load

import (
	"go/importer"
	"go/token"
	"go/types"
	"testing"
)

// TestKnown compares each known type with that of the toolchain at hand: what it
// is made of, and its methods.
func TestKnown(t *testing.T) {
	fset := token.NewFileSet()
	toolchain := importer.ForCompiler(fset, "source", nil)
	ours := newKnown(fset)
	for importPath, names := range knownNames {
		want, err := toolchain.Import(importPath)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ours.Import(importPath)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			compareTypes(t, got.Scope().Lookup(name), want.Scope().Lookup(name))
		}
	}
}

func compareTypes(t *testing.T, got, want types.Object) {
	t.Helper()
	if got == nil || want == nil {
		t.Errorf("got %v, want %v", got, want)
		return
	}
	if g, w := got.Type().Underlying().String(), want.Type().Underlying().String(); g != w {
		t.Errorf("%s: got %s, want %s", want.Name(), g, w)
	}
	gotMethods, wantMethods := methods(got.Type()), methods(want.Type())
	for name, signature := range wantMethods {
		if gotMethods[name] != signature {
			t.Errorf("%s.%s: got %q, want %q", want.Name(), name, gotMethods[name], signature)
		}
	}
	if len(gotMethods) != len(wantMethods) {
		t.Errorf("%s: got %d methods, want %d", want.Name(), len(gotMethods), len(wantMethods))
	}
}

// methods returns the signatures of the exported methods of a type, receivers
// included.
func methods(t types.Type) map[string]string {
	result := make(map[string]string)
	for m := range t.(*types.Named).Methods() {
		if m.Exported() {
			result[m.Name()] = m.Signature().Recv().Type().String() + m.Signature().String()
		}
	}
	return result
}
