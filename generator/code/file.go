package code

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
)

// mark stands on both sides of an import path. No Go source has it.
const mark = 0

// File is a Go file: its declarations are the pieces of its group.
type File struct {
	Group
	path, name string
	header     []string
	comment    []string
	imports    map[string]imported
}

// imported is a package that the file may import.
type imported struct {
	name    string
	renamed bool
}

// NewFile returns an empty file of a package.
func NewFile(importPath, name string) *File {
	return &File{path: importPath, name: name, imports: make(map[string]imported)}
}

// HeaderComment adds a line that stands at the top, PackageComment one in the
// comment of the package.
func (f *File) HeaderComment(line string)  { f.header = append(f.header, line) }
func (f *File) PackageComment(line string) { f.comment = append(f.comment, line) }

// Import says what a package is called in the file. It is imported by that name if
// it is not its own, and only if a piece names it.
func (f *File) Import(importPath, name string, renamed bool) {
	f.imports[importPath] = imported{name, renamed}
}

// Source returns the file. Every package that a piece names must have a name.
func (f *File) Source() ([]byte, error) {
	used := make(map[string]bool)
	var body []byte
	for _, item := range f.items {
		var err error
		if body, err = f.qualify(append(body, '\n'), item.text(), used); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	for _, line := range f.header {
		fmt.Fprintln(&b, line)
	}
	b.WriteByte('\n')
	for _, line := range f.comment {
		fmt.Fprintln(&b, line)
	}
	fmt.Fprintf(&b, "package %s\n\n", f.name)
	f.writeImports(&b, slices.Sorted(maps.Keys(used)))
	b.Write(body)
	return b.Bytes(), nil
}

// qualify appends a piece with the names of packages in place of their paths,
// and notes which are used.
func (f *File) qualify(body, piece []byte, used map[string]bool) ([]byte, error) {
	for {
		before, rest, found := bytes.Cut(piece, []byte{mark})
		body = append(body, before...)
		if !found {
			return body, nil
		}
		importPath, after, _ := bytes.Cut(rest, []byte{mark})
		piece = after
		if string(importPath) == f.path {
			continue
		}
		i, ok := f.imports[string(importPath)]
		if !ok {
			return nil, fmt.Errorf("package %q has no name in the file", importPath)
		}
		used[string(importPath)] = true
		body = append(append(body, i.name...), '.')
	}
}

func (f *File) writeImports(b *bytes.Buffer, paths []string) {
	opening, closing := "import (\n", ")\n\n"
	switch len(paths) {
	case 0:
		return
	case 1:
		opening, closing = "import ", "\n"
	}
	b.WriteString(opening)
	for _, importPath := range paths {
		if i := f.imports[importPath]; i.renamed {
			fmt.Fprintf(b, "%s ", i.name)
		}
		fmt.Fprintf(b, "%q\n", importPath)
	}
	b.WriteString(closing)
}
