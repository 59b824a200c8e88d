package vet_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// register is the shape of what golangci-lint calls plugins through.
const register = `package register

import "golang.org/x/tools/go/analysis"

const LoadModeTypesInfo = "typesinfo"

type LinterPlugin interface {
	BuildAnalyzers() ([]*analysis.Analyzer, error)
	GetLoadMode() string
}

var New func(any) (LinterPlugin, error)

func Plugin(_ string, f func(any) (LinterPlugin, error)) { New = f }
`

const lint = `package main

import (
	"fmt"

	_ "example.com/app/plugin"
	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"
)

func main() {
	linter, err := register.New(nil)
	if err != nil {
		panic(err)
	}
	analyzers, err := linter.BuildAnalyzers()
	if err == nil {
		err = analysis.Validate(analyzers)
	}
	fmt.Println(analyzers, linter.GetLoadMode(), err)
}
`

// TestPlugin compiles the plugin that the documentation shows, and makes its
// analyzer as golangci-lint does.
func TestPlugin(t *testing.T) {
	t.Parallel()
	_, block, _ := strings.Cut(read(t, "../../docs/vet.md"), "```\npackage plugin\n")
	block, _, found := strings.Cut(block, "```")
	if !found {
		t.Fatal("docs/vet.md shows no plugin")
	}
	dir := newModule(t, "../..")
	const own = "github.com/golangci/plugin-module-register"
	mod := read(t, filepath.Join(dir, "go.mod")) + "\nrequire " + own + " v0.0.0\n\nreplace " + own + " => ./shape\n"
	for name, content := range map[string]string{
		"go.mod": mod, "lint/main.go": lint, "plugin/plugin.go": "package plugin\n" + block,
		"shape/go.mod": "module " + own + "\n\ngo 1.26\n", "shape/register/register.go": register,
	} {
		write(t, filepath.Join(dir, name), []byte(content))
	}
	command := exec.Command("go", "run", "-mod=mod", "./lint")
	command.Dir = dir
	out, err := command.CombinedOutput()
	if got, want := string(out), "[actorgen] typesinfo <nil>\n"; err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}
