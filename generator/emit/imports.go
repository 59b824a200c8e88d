package emit

import (
	"bytes"
	"strconv"
	"strings"
)

// grouped parts the imports of a formatted file as goimports does: those of the
// standard library come first. The order within stays.
func grouped(content []byte) []byte {
	const opening, closing = "\nimport (\n", "\n)\n"
	before, rest, ok := bytes.Cut(content, []byte(opening))
	if !ok {
		return content
	}
	block, after, _ := bytes.Cut(rest, []byte(closing))
	var standard, others []string
	for line := range strings.SplitSeq(string(block), "\n") {
		if isStandard(line) {
			standard = append(standard, line)
		} else {
			others = append(others, line)
		}
	}
	if len(standard) > 0 && len(others) > 0 {
		standard = append(standard, "")
	}
	block = []byte(strings.Join(append(standard, others...), "\n"))
	return bytes.Join([][]byte{before, []byte(opening), block, []byte(closing), after}, nil)
}

// isStandard reports whether a line imports a package of the standard library:
// the first element of its path has no dot.
func isStandard(line string) bool {
	_, path, _ := strings.Cut(line, `"`)
	path, err := strconv.Unquote(`"` + path)
	first, _, _ := strings.Cut(path, "/")
	return err == nil && !strings.Contains(first, ".")
}
