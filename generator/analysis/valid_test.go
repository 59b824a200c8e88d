package analysis_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/actorgen/actorgen/generator/model"
	"github.com/actorgen/actorgen/generator/shape"
)

var update = flag.Bool("update", false, "write the golden models")

// golden is the file of a case that holds the expected model.
const golden = "model.txt"

// TestValid compares the models of legal packages with what they should be.
func TestValid(t *testing.T) {
	cases, err := filepath.Glob("testdata/valid/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatalf("got %d cases, %v", len(cases), err)
	}
	for _, path := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == golden })
			if i < 0 {
				t.Fatalf("case has no %s", golden)
			}
			dir, _ := unpack(t, archive)
			packages, diagnostics := analyse(t, dir)
			for _, d := range diagnostics {
				t.Error(d)
			}
			got := describe(packages)
			if *update {
				archive.Files[i].Data = []byte(got)
				if err := os.WriteFile(path, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if want := string(archive.Files[i].Data); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

// describe prints models for comparison.
func describe(packages []*model.Package) string {
	var b strings.Builder
	for _, p := range packages {
		fmt.Fprintf(&b, "package %s %q\n  declares %s\n  imports %s\n", p.Name, p.Path, list(p.Declared), list(p.Imported))
		for _, a := range p.Actors {
			fmt.Fprintf(&b, "\n%s: %s %q at %d:%d\n", a.Var, a.Func, a.Name, a.Pos.Line, a.Pos.Column)
			if a.Doc != "" {
				fmt.Fprintf(&b, "  doc %q\n", a.Doc)
			}
			if a.Receiver != nil {
				fmt.Fprintf(&b, "  receiver %s\n", a.Receiver)
			}
			fmt.Fprintf(&b, "  queue %s%s\n", a.Queue.Name, settings(a.Queue.Settings))
			if a.Broker != "" {
				fmt.Fprintf(&b, "  broker %s\n", a.Broker)
			}
			if len(a.Settings) > 0 {
				fmt.Fprintf(&b, "  policy%s\n", settings(a.Settings))
			}
			for _, param := range a.Params {
				fmt.Fprintf(&b, "  %s %s\n", param.Name, param.Type)
			}
			fmt.Fprintf(&b, "  variadic %t, result %s, error %t\n", a.Variadic, result(a.Result), a.Err)
		}
		for _, r := range p.Receivers {
			fmt.Fprintf(&b, "\nreceiver %s: %s\n", r.Name, r.Type)
			if c := r.New; c != nil {
				fmt.Fprintf(&b, "  %s at %d:%d, context %t, error %t, pointer %t\n", c.Func, c.Pos.Line, c.Pos.Column, c.Context, c.Err, c.Pointer)
				if c.Close != nil {
					fmt.Fprintf(&b, "  closed by %s\n", c.Close)
				}
			}
		}
	}
	return b.String()
}

func list(names map[string]bool) string { return strings.Join(slices.Sorted(maps.Keys(names)), " ") }

func settings(list []model.Setting) string {
	var b strings.Builder
	for _, s := range list {
		fmt.Fprintf(&b, " %s.%s=%v", s.Struct, s.Field, s.Value)
	}
	return b.String()
}

func result(s *shape.Shape) string {
	if s == nil {
		return "none"
	}
	return s.Type.String()
}
