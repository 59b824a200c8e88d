package lockfile

import (
	"os"
	"strings"

	"github.com/actorgen/actorgen/generator/diagnostic"
)

// SyntaxError holds everything that is wrong with a file, in the order of its
// lines.
type SyntaxError struct {
	Problems diagnostic.List
}

// Error returns one line for each problem: "actors.lock:LINE: message (hint)".
func (e *SyntaxError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Read reads the file at path, which diagnostics name as it is given. The error
// is that of the file system (errors.Is fs.ErrNotExist: nothing is locked yet),
// or a *SyntaxError.
func Read(path string) (*File, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, data)
}

// Parse reads the text of a file that diagnostics and positions call name. The
// error is a *SyntaxError. Lines may stand in any order and end as on Windows,
// but lists of the result are sorted, and what actors and types name is there.
func Parse(name string, data []byte) (*File, error) {
	p := newParser(name)
	p.text(string(data))
	if len(p.problems) > 0 {
		return nil, &SyntaxError{p.problems.Sorted("")}
	}
	p.file.Sort()
	return &p.file, nil
}
