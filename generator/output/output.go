// Package output brings generated files to the disk, or shows what would
// change. It is the only part of the generator that writes.
package output

import (
	"bytes"
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
	return fmt.Sprintf("%q was not written by actorgen, so it is left alone (move it, or delete it)", e.Path)
}

// Write makes the disk agree with files: it writes those that differ, each
// atomically, and removes those that must not exist. An up-to-date file is not
// touched. If one of the paths holds a file that is not ours, nothing is
// written and the error is a *ForeignError.
func Write(files []model.File) error {
	changes, err := compare(files)
	if err != nil {
		return err
	}
	for _, c := range changes {
		if c.after == nil {
			if err := os.Remove(c.path); err != nil {
				return err
			}
		} else if err := replace(c.path, c.after); err != nil {
			return err
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
		case !model.HasHeader(before):
			return nil, &ForeignError{f.Path}
		case f.Content == nil || !bytes.Equal(before, f.Content):
			changes = append(changes, change{f.Path, before, f.Content})
		}
	}
	return changes, nil
}

// replace writes a file under another name and renames it, so that no reader,
// and no crash, ever sees half of it.
func replace(path string, content []byte) (err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	// The name has no suffix .go, so that a build that runs meanwhile ignores it.
	temporary, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(temporary.Name()))
		}
	}()
	_, err = temporary.Write(content)
	err = errors.Join(err, temporary.Chmod(mode(path)), temporary.Close())
	if err != nil {
		return err
	}
	return os.Rename(temporary.Name(), path)
}

// mode keeps the permissions of a file that exists.
func mode(path string) fs.FileMode {
	if info, err := os.Stat(path); err == nil {
		return info.Mode().Perm()
	}
	return 0o644
}
