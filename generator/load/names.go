package load

import (
	"go/ast"
	"path"
	"regexp"
	"strconv"
	"strings"
)

var majorVersion = regexp.MustCompile(`^v[0-9]+$`)

// ImportName returns the path of an import and the name that it most probably
// has in its file: the true one stands in the source of the package only.
func ImportName(spec *ast.ImportSpec) (importPath, name string) {
	importPath, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return "", ""
	}
	if spec.Name != nil {
		return importPath, spec.Name.Name
	}
	name = path.Base(importPath)
	if majorVersion.MatchString(name) {
		name = path.Base(path.Dir(importPath))
	}
	name, _, _ = strings.Cut(name, ".v")
	name = strings.TrimPrefix(name, "go-")
	return importPath, strings.TrimSuffix(name, "-go")
}
