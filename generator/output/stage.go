package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// stage writes every new content beside the file whose place it will take, so
// that no reader, and no crash, ever sees half of a file, and a full disk or a
// directory that cannot be written is found out while nothing has changed. The
// names it returns are empty for files that only go.
func stage(changes []change) (staged []string, err error) {
	staged = make([]string, len(changes))
	for i, c := range changes {
		if c.after == nil {
			continue
		}
		if staged[i], err = stageOne(c); err != nil {
			return nil, errors.Join(fmt.Errorf("write %q: %w", c.path, cause(err)), discard(staged))
		}
	}
	return staged, nil
}

func stageOne(c change) (name string, err error) {
	dir := filepath.Dir(c.path)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	// The name has no suffix .go, so that a build that runs meanwhile ignores it.
	temporary, err := os.CreateTemp(dir, "."+filepath.Base(c.path)+".*")
	if err != nil {
		return "", err
	}
	_, err = temporary.Write(c.after)
	return temporary.Name(), errors.Join(err, temporary.Chmod(mode(c.path)), temporary.Close())
}

// discard removes what was staged and is not needed.
func discard(staged []string) error {
	var errs []error
	for _, name := range staged {
		if name != "" {
			errs = append(errs, os.Remove(name))
		}
	}
	return errors.Join(errs...)
}

// cause leaves out the temporary names that errors of package os begin with.
func cause(err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return path.Err
	}
	if link := (*os.LinkError)(nil); errors.As(err, &link) {
		return link.Err
	}
	return err
}

// mode keeps the permissions of a file that exists.
func mode(path string) fs.FileMode {
	if info, err := os.Stat(path); err == nil {
		return info.Mode().Perm()
	}
	return 0o644
}
