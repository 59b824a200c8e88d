// Package docs holds no code, only tests that keep the documentation true and
// the architecture as it is described.
package docs

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// pages are the documents that the tests read, relative to this folder.
func pages(t *testing.T) map[string]string {
	t.Helper()
	texts := make(map[string]string)
	for _, pattern := range []string{"../*.md", "*.md", "adr/*.md", "../examples/*.md", "../examples/*/*.md"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			texts[name] = string(text)
		}
	}
	if len(texts) < 5 {
		t.Fatalf("got %d documents, want all of them", len(texts))
	}
	return texts
}

var goBlock = regexp.MustCompile("(?s)```go\n(.*?)```")

// TestGoBlocksAreCompiled: every Go block of a document stands, word for word,
// in an example, which the other tests compile and run.
func TestGoBlocksAreCompiled(t *testing.T) {
	var examples strings.Builder
	err := filepath.WalkDir("../examples", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" {
			return err
		}
		text, err := os.ReadFile(path)
		examples.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	blocks := 0
	for name, text := range pages(t) {
		for _, block := range goBlock.FindAllStringSubmatch(text, -1) {
			blocks++
			if !strings.Contains(examples.String(), block[1]) {
				t.Errorf("%s: no example holds this block:\n%s", name, block[1])
			}
		}
	}
	if blocks == 0 {
		t.Error("got no Go block in any document")
	}
}

var link = regexp.MustCompile(`\]\(([^)#: ]+)(#[^)]*)?\)`)

func TestLinksResolve(t *testing.T) {
	for name, text := range pages(t) {
		for _, match := range link.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(name), match[1])); err != nil {
				t.Errorf("%s: link %q leads nowhere", name, match[1])
			}
		}
	}
}

var makeTarget = regexp.MustCompile("(?m)(?:^|`)make ([a-z0-9-]+)")

func TestMakeTargetsExist(t *testing.T) {
	makefile, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range pages(t) {
		for _, match := range makeTarget.FindAllStringSubmatch(text, -1) {
			if !regexp.MustCompile(`(?m)^` + match[1] + `:`).Match(makefile) {
				t.Errorf("%s: the Makefile has no target %q", name, match[1])
			}
		}
	}
}

// TestArchitectureNamesEveryPackage: the file map is complete.
func TestArchitectureNamesEveryPackage(t *testing.T) {
	text, err := os.ReadFile("architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range list(t, "{{.ImportPath}}") {
		short := strings.TrimPrefix(path, module)
		if !strings.Contains(string(text), "`"+short+"`") {
			t.Errorf("architecture.md does not name package `%s`", short)
		}
	}
}

const module = "github.com/actorgen/actorgen/"

// list runs go list on the module and returns its lines.
func list(t *testing.T, format string) []string {
	t.Helper()
	command := exec.Command("go", "list", "-f", format, "./...")
	command.Dir = ".."
	output, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(output)), "\n")
}
