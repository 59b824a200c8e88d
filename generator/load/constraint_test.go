package load

import (
	"go/parser"
	"go/token"
	"testing"
)

func TestPlatformOf(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, head, want string }{
		{"a.go", "", ""},
		{"linux.go", "", ""},
		{"a_unix.go", "", ""},
		{"a_linux.go", "", "its name"},
		{"a_arm64.go", "", "its name"},
		{"a_plan9_386.go", "", "its name"},
		{"a.go", "//go:build linux\n\n", "//go:build linux"},
		{"a_linux.go", "// Licence.\n\n//go:build  linux&&!cgo\n\n", "//go:build linux && !cgo"},
		{"a.go", "//go:build go1.20 && !go1.30\n\n", ""},
		{"a.go", "//go:build go1.20 || linux\n\n", "//go:build go1.20 || linux"},
		{"a.go", "//go:build ignore\n\n", "//go:build ignore"},
		{"a.go", "// +build linux\n\n", ""}, // means nothing since Go 1.18
	}
	for _, test := range tests {
		fset := token.NewFileSet()
		syntax, err := parser.ParseFile(fset, test.name, test.head+"package a\n\n//go:build never\n", parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		got, err := platformOf(fset, test.name, syntax)
		if err != nil || got != test.want {
			t.Errorf("%s, %q: got %q, %v, want %q", test.name, test.head, got, err, test.want)
		}
	}
}
