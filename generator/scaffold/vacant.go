package scaffold

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/actorgen/actorgen/generator/load"
	"github.com/actorgen/actorgen/generator/model"
)

// worker is the file that go generate writes again.
const worker = "cmd/worker/main.go"

// vacant reports what is in the way of the files: themselves, and other Go files
// of their packages. A new module wants a directory of its own.
func (p *Project) vacant(dir string) error {
	var taken []string
	for _, name := range []string{sources[0].path, sources[1].path, worker} {
		packageDir := filepath.Dir(filepath.FromSlash(name))
		files, err := goFiles(dir, packageDir)
		if err != nil {
			return err
		}
		taken = append(taken, files...)
	}
	if len(taken) > 0 {
		slices.Sort(taken)
		return fmt.Errorf("these exist already in %q, and nothing is overwritten: %s", dir, strings.Join(taken, ", "))
	}
	if !p.New {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, entry := range entries {
		if !harmless(entry.Name()) {
			return fmt.Errorf("directory %q holds %q and no go.mod: name an empty directory, or run go mod init first", dir, entry.Name())
		}
	}
	return nil
}

// goFiles returns the Go files of a package below dir, or what stands in place of
// one of its directories.
func goFiles(dir, packageDir string) ([]string, error) {
	at := ""
	for element := range strings.SplitSeq(packageDir, string(filepath.Separator)) {
		at = filepath.Join(at, element)
		if info, err := os.Stat(filepath.Join(dir, at)); err == nil && !info.IsDir() {
			return []string{filepath.ToSlash(at)}, nil
		}
	}
	entries, err := os.ReadDir(filepath.Join(dir, packageDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var files []string
	for _, entry := range entries {
		if name := filepath.Join(packageDir, entry.Name()); filepath.Ext(name) == ".go" && !generated(filepath.Join(dir, name)) {
			files = append(files, filepath.ToSlash(name))
		}
	}
	return files, err
}

// generated reports whether actorgen has written a file, and will again.
func generated(path string) bool {
	content, err := os.ReadFile(path)
	return err == nil && model.HasHeader(content)
}

// harmless reports whether a file may lie beside a new go.mod, as a fresh
// repository has some.
func harmless(name string) bool {
	name = strings.ToUpper(name)
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "README") || strings.HasPrefix(name, "LICEN") ||
		strings.HasSuffix(name, ".MD")
}

// importable says why no package can be at the slash-separated path of dir.
func importable(dir, path string) error {
	for element := range strings.SplitSeq(path, "/") {
		reason := "is empty"
		if element != "" {
			reason = load.Unimportable(element)
		}
		if reason != "" {
			return fmt.Errorf("%q cannot hold packages: %q %s", dir, element, reason)
		}
	}
	return nil
}
