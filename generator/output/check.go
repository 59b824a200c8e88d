package output

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/actorgen/actorgen/generator/model"
)

// Stale returns the files that Write would change.
func Stale(files []model.File) ([]model.File, error) {
	changes, err := compare(files)
	if err != nil {
		return nil, err
	}
	var stale []model.File
	for _, c := range changes {
		stale = append(stale, model.File{Path: c.path, Content: c.after})
	}
	return stale, nil
}

// Diff returns a unified diff from the disk to files, empty when they agree.
// Paths are shown relative to dir.
func Diff(dir string, files []model.File) (string, error) {
	changes, err := compare(files)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	for _, c := range changes {
		name := c.path
		if relative, err := filepath.Rel(dir, c.path); err == nil {
			name = filepath.ToSlash(relative)
		}
		before, after := "a/"+name, "b/"+name
		if c.before == nil {
			before = "/dev/null"
		}
		if c.after == nil {
			after = "/dev/null"
		}
		fmt.Fprintf(&text, "--- %s\n+++ %s\n%s", before, after, hunks(split(c.before), split(c.after)))
	}
	return text.String(), nil
}
