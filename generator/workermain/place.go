package workermain

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/actorgen/actorgen/generator/load"
)

// placeFor returns the import path of a main package in dir, or why there can
// be none.
func placeFor(m *load.Module, dir string) (importPath string, err error) {
	relative, err := filepath.Rel(m.Dir, dir)
	if err != nil || !filepath.IsLocal(relative) {
		return "", fmt.Errorf("directory %q of -main is outside of module %q", dir, m.Path)
	}
	inside := m.Dir
	for _, element := range strings.Split(filepath.ToSlash(relative), "/") {
		if reason := unimportable(element); reason != "" {
			return "", fmt.Errorf("directory %q of -main cannot be a package: %q %s", dir, element, reason)
		}
		inside = filepath.Join(inside, element)
		if info, err := os.Stat(inside); err == nil && !info.IsDir() {
			return "", fmt.Errorf("%q of -main is a file, not a directory", inside)
		}
		if inside != m.Dir && exists(filepath.Join(inside, "go.mod")) {
			return "", fmt.Errorf("directory %q of -main belongs to another module, that of %q", dir, filepath.Join(inside, "go.mod"))
		}
	}
	importPath = path.Join(m.Path, filepath.ToSlash(relative))
	for _, p := range m.Packages {
		if p.Path == importPath {
			return importPath, vacant(p)
		}
	}
	return importPath, nil
}

// unimportable says why no import path can hold an element, after the rules of
// the go command.
func unimportable(element string) string {
	for _, r := range element {
		letter := 'a' <= r|0x20 && r|0x20 <= 'z'
		if !letter && !('0' <= r && r <= '9') && !strings.ContainsRune("-._~+", r) {
			return fmt.Sprintf("has a %q, which import paths do not take", r)
		}
	}
	if element != "." && strings.HasSuffix(element, ".") {
		return "ends with a dot"
	}
	if element != "." && strings.ContainsRune("._", rune(element[0])) || element == "testdata" || element == "vendor" {
		return "is a directory that ./... does not match"
	}
	return ""
}

// vacant reports why a package that exists cannot take the worker's main.
func vacant(p *load.Package) error {
	if p.Name != "main" && p.Name != "" {
		return fmt.Errorf("directory %q of -main holds package %s, not package main", p.Dir, p.Name)
	}
	for _, source := range p.Sources {
		if filepath.Base(source) == FileName {
			continue // the output itself; whoever writes it checks whose it is
		}
		file, _ := parser.ParseFile(token.NewFileSet(), source, nil, parser.SkipObjectResolution)
		if file != nil && declaresMain(file) {
			return fmt.Errorf("directory %q of -main has a func main of its own, in %q", p.Dir, filepath.Base(source))
		}
	}
	return nil
}

func declaresMain(file *ast.File) bool {
	for _, d := range file.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "main" {
			return true
		}
	}
	return false
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
