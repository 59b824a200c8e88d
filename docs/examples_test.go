package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")
	goRun      = regexp.MustCompile(`go run (\./[a-z/]+)`)
)

// TestExamplesAreInTheIndex: each has a README of two paragraphs, of which the second
// runs it, and a row in the index.
func TestExamplesAreInTheIndex(t *testing.T) {
	index, err := os.ReadFile("../examples/README.md")
	if err != nil {
		t.Fatal(err)
	}
	directories, err := os.ReadDir("../examples")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range directories {
		if !d.IsDir() || d.Name() == "internal" {
			continue
		}
		if row := "| [" + d.Name() + "](" + d.Name() + ") | "; !strings.Contains(string(index), "\n"+row) {
			t.Errorf("examples/README.md has no row %q", row)
		}
		readme, err := os.ReadFile(filepath.Join("../examples", d.Name(), "README.md"))
		if err != nil {
			t.Error(err)
			continue
		}
		shows, runs, _ := strings.Cut(string(readme), "\n\n")
		if block := shellBlock.FindString(runs); shows == "" || block == "" || strings.TrimSpace(block) != strings.TrimSpace(runs) {
			t.Errorf("examples/%s/README.md: want a line that says what it shows, and a block that runs it", d.Name())
		}
	}
}

// TestCommandsOfExamplesExist: what a README runs is a program.
func TestCommandsOfExamplesExist(t *testing.T) {
	names, err := filepath.Glob("../examples/*/README.md")
	if err != nil {
		t.Fatal(err)
	}
	commands := 0
	for _, name := range append(names, "../examples/README.md") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range goRun.FindAllStringSubmatch(string(text), -1) {
			commands++
			root := ".."
			if !strings.HasPrefix(match[1], "./examples/") && !strings.HasPrefix(match[1], "./runtime/") {
				root = "../examples/idempotent" // its README says so
			}
			list := exec.Command("go", "list", "-f", "{{.Name}}", match[1])
			list.Dir = root
			if output, err := list.Output(); strings.TrimSpace(string(output)) != "main" {
				t.Errorf("%s: go run %s: got package %q, %v, want a program", name, match[1], output, err)
			}
		}
	}
	if commands == 0 {
		t.Error("got no command in any README")
	}
}
