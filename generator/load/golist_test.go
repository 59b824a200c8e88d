package load

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// writeModule writes a module with one package of an annotated function that
// takes a type.
func writeModule(t *testing.T, importPath, typ string) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name, content string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module example.com/app\n\ngo 1.26\n")
	write("other.go", "package app\n\nimport \"net/http\"\n\nvar client http.Client\n\ntype Local struct{ Sent int }\n")
	write("app.go", fmt.Sprintf("package app\n\nimport (\n\t\"context\"\n\t%q\n)\n\n"+
		"//actor:task\nfunc send(ctx context.Context, l Local, x %s) {}\n", importPath, typ))
	return dir
}

// check loads a module and returns the type of its annotated function.
func check(t *testing.T, dir string) string {
	t.Helper()
	m, err := Syntax(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	p := m.Packages[0]
	var roots []Root
	for _, file := range p.Files {
		for _, fn := range slices.Collect(maps.Keys(file.Directives.Funcs)) {
			roots = append(roots, Root{p, fn})
		}
	}
	errors, err := m.Check(t.Context(), roots)
	if err != nil || len(errors) > 0 || len(roots) != 1 {
		t.Fatalf("got %d roots, errors %v, %v", len(roots), errors, err)
	}
	return p.Types.Scope().Lookup(roots[0].Func.Name.Name).Type().String()
}

// TestRunsOfGo holds what a run costs: one child where all types are known, and
// a second one where export data is needed.
func TestRunsOfGo(t *testing.T) {
	command, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	log := filepath.Join(bin, "log")
	script := fmt.Sprintf("#!/bin/sh\necho \"$@\" >>'%s'\nexec '%s' \"$@\"\n", log, command)
	if err := os.WriteFile(filepath.Join(bin, "go"), []byte(script), 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	for _, c := range []struct {
		importPath, typ, want string
		runs                  int
	}{
		{"time", "time.Time", "x time.Time)", 1},
		{"time", "time.Month", "x time.Month)", 2},
		{"net/url", "url.URL", "x net/url.URL)", 2},
	} {
		t.Run(c.typ, func(t *testing.T) {
			if err := os.WriteFile(log, nil, 0o666); err != nil {
				t.Fatal(err)
			}
			if got := check(t, writeModule(t, c.importPath, c.typ)); !strings.HasSuffix(got, c.want) {
				t.Errorf("got %s, want …%s", got, c.want)
			}
			content, err := os.ReadFile(log)
			if err != nil {
				t.Fatal(err)
			}
			if runs := strings.Count(string(content), "\n"); runs != c.runs {
				t.Errorf("got %d runs of go, want %d:\n%s", runs, c.runs, content)
			}
		})
	}
}

func TestNoGoCommand(t *testing.T) {
	dir := writeModule(t, "time", "time.Time")
	t.Setenv("PATH", dir)
	_, err := Syntax(t.Context(), dir, nil)
	if want := "there is no go command in $PATH"; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}
