// Package output brings generated files to the disk, or shows what would
// change. It is the only part of the generator that writes.
package output

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/actorgen/actorgen/generator/model"
)

// change is a file that is not as it should be.
type change struct {
	path string
	// before and after are nil for a file that does not, or must not, exist.
	before, after []byte
}

// ForeignError reports a file that the generator did not write and will not
// overwrite.
type ForeignError struct{ Path string }

func (e *ForeignError) Error() string {
	hint := "move it, or delete it"
	if filepath.Base(e.Path) == "main.go" {
		hint = "to keep a main of your own, have -main name another directory, or leave -main away; else move it, or delete it"
	}
	return fmt.Sprintf("%q was not written by actorgen, so it is left alone (%s)", e.Path, hint)
}

// Write makes the disk agree with files: it writes those that differ, and
// removes those that must not exist. An up-to-date file is not touched. Whatever
// can be refused is refused before the first file changes: if one of the paths
// holds a file that is not ours, the error is a *ForeignError, and new contents
// are all on the disk before the first takes its place.
func Write(files []model.File) error {
	changes, err := compare(files)
	if err != nil {
		return err
	}
	staged, err := stage(changes)
	if err != nil {
		return err
	}
	for _, c := range changes { // first, because this may still fail
		if c.after == nil {
			if err := os.Remove(c.path); err != nil {
				return errors.Join(fmt.Errorf("remove %q: %w", c.path, cause(err)), discard(staged))
			}
		}
	}
	for i, c := range changes {
		if c.after != nil {
			if err := os.Rename(staged[i], c.path); err != nil {
				return errors.Join(fmt.Errorf("write %q: %w", c.path, cause(err)), discard(staged[i:]))
			}
		}
	}
	return nil
}

// compare returns the files that differ from the disk.
func compare(files []model.File) ([]change, error) {
	var changes []change
	for _, f := range files {
		before, err := os.ReadFile(f.Path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			if f.Content != nil {
				changes = append(changes, change{f.Path, nil, f.Content})
			}
		case err != nil:
			return nil, err
		case !isOurs(f, before):
			return nil, &ForeignError{f.Path}
		case f.Content == nil || !bytes.Equal(before, f.Content):
			changes = append(changes, change{f.Path, before, f.Content})
		}
	}
	return changes, nil
}

// isOurs also takes an empty file for ours, because it holds nothing to lose.
func isOurs(f model.File, content []byte) bool {
	return model.HasLine(content, cmp.Or(f.Header, model.Header)) || len(bytes.TrimSpace(content)) == 0
}
