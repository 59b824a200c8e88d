package load

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Place returns the import path of a package in dir, or why the module can have
// none there. Errors name the flag that asks for it.
func (m *Module) Place(dir, flag string) (importPath string, err error) {
	relative, err := filepath.Rel(m.Dir, dir)
	if err != nil || !filepath.IsLocal(relative) {
		return "", fmt.Errorf("directory %q of %s is outside of module %q", dir, flag, m.Path)
	}
	inside := m.Dir
	for _, element := range strings.Split(filepath.ToSlash(relative), "/") {
		if reason := Unimportable(element); reason != "" {
			return "", fmt.Errorf("directory %q of %s cannot be a package: %q %s", dir, flag, element, reason)
		}
		inside = filepath.Join(inside, element)
		if info, err := os.Stat(inside); err == nil && !info.IsDir() {
			return "", fmt.Errorf("%q of %s is a file, not a directory", inside, flag)
		}
		if inside != m.Dir && exists(filepath.Join(inside, "go.mod")) {
			return "", fmt.Errorf("directory %q of %s belongs to another module, that of %q", dir, flag, filepath.Join(inside, "go.mod"))
		}
	}
	return path.Join(m.Path, filepath.ToSlash(relative)), nil
}

// Unimportable says why no import path can hold an element, after the rules of
// the go command.
func Unimportable(element string) string {
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
