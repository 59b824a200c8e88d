package rabbittest

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// makeFile is what a maker does: a file in a directory within the one it gets.
func makeFile(directory string, _ *os.File) (string, error) {
	made := filepath.Join(directory, "made")
	return made, errors.Join(os.Mkdir(made, 0o755), os.WriteFile(filepath.Join(made, "file"), nil, 0o600))
}

// holds compares the names in a directory with those wanted.
func holds(t *testing.T, directory string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(directory)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", directory, got, want)
	}
}

func TestMakeOnceAmongMany(t *testing.T) {
	parent := filepath.Join(t.TempDir(), "cache")
	path := filepath.Join(parent, "wanted")
	var made atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			err := makeOnce(path, func(directory string, lock *os.File) (string, error) {
				made.Add(1)
				return makeFile(directory, lock)
			})
			if err != nil {
				t.Error(err)
			}
			holds(t, path, "file")
		})
	}
	all.Wait()
	if got := made.Load(); got != 1 {
		t.Errorf("made %d times, want once", got)
	}
	holds(t, parent, "wanted")
}

// What a process left that was killed meanwhile is not used, and goes.
func TestMakeOnceAfterOneWasCutShort(t *testing.T) {
	parent := t.TempDir()
	path := filepath.Join(parent, "wanted")
	left := path + ".part-123"
	if _, err := makeFile(mkdir(t, left), nil); err != nil {
		t.Fatal(err)
	}
	other := mkdir(t, filepath.Join(parent, "other.part-123"))
	if err := makeOnce(path, makeFile); err != nil {
		t.Fatal(err)
	}
	holds(t, parent, filepath.Base(other), "wanted")
}

func TestMakeOnceAfterAFailure(t *testing.T) {
	parent := t.TempDir()
	path := filepath.Join(parent, "wanted")
	failure := errors.New("failure")
	err := makeOnce(path, func(directory string, lock *os.File) (string, error) {
		made, err := makeFile(directory, lock)
		return made, errors.Join(err, failure)
	})
	if !errors.Is(err, failure) {
		t.Errorf("got %v, want %v", err, failure)
	}
	holds(t, parent)
	if err := makeOnce(path, makeFile); err != nil {
		t.Fatal(err)
	}
	holds(t, path, "file")
}

// A child that outlives the process that began must not meet the next one.
func TestMakeOnceWaitsForWhatOneLeftRunning(t *testing.T) {
	path := filepath.Join(t.TempDir(), "wanted")
	ended := filepath.Join(t.TempDir(), "ended")
	child := exec.Command("/bin/sh", "-c", `read -r _; : >"$1"`, "child", ended)
	input, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { input.Close() })
	killed := errors.New("killed")
	err = makeOnce(path, func(_ string, lock *os.File) (string, error) {
		child.ExtraFiles = []*os.File{lock}
		return "", errors.Join(child.Start(), killed)
	})
	if !errors.Is(err, killed) || child.Process == nil {
		t.Fatal(err)
	}
	next := make(chan error, 1)
	go func() {
		next <- makeOnce(path, func(directory string, lock *os.File) (string, error) {
			_, err := os.Stat(ended)
			made, failed := makeFile(directory, lock)
			return made, errors.Join(err, failed)
		})
	}()
	select {
	case err := <-next:
		t.Fatalf("the next one did not wait: %v", err)
	case <-time.After(200 * time.Millisecond):
	}
	if err := errors.Join(input.Close(), child.Wait()); err != nil {
		t.Error(err)
	}
	if err := <-next; err != nil {
		t.Error(err)
	}
	holds(t, path, "file")
}

func TestUnpackSaysWhatIsMissing(t *testing.T) {
	tools := t.TempDir()
	held, err := lock(tools)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	t.Setenv("PATH", tools+":"+os.Getenv("PATH"))
	for name, test := range map[string]struct{ apt, want string }{
		"no mirror":  {"exit 0", "no Debian mirror"},
		"no network": {`[ "$1" != indextargets ] || echo stable main mirror; echo unreachable >&2; exit 1`, "unreachable"},
	} {
		t.Run(name, func(t *testing.T) {
			script := "#!/bin/sh\n" + test.apt + "\n"
			if err := os.WriteFile(filepath.Join(tools, "apt-get"), []byte(script), 0o755); err != nil {
				t.Fatal(err)
			}
			_, err := unpack(t.Context(), t.TempDir(), held)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

// unchanged checks that nothing below a root directory is newer than a time, but
// for the nodes of others.
func unchanged(t *testing.T, root string, since time.Time) {
	t.Helper()
	temporary := filepath.Join(root, "tmp")
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if path == temporary {
			return fs.SkipDir
		}
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil && info.ModTime().After(since) && info.Mode()&fs.ModeDevice == 0 {
			t.Errorf("%q was changed", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func mkdir(t *testing.T, path string) string {
	t.Helper()
	if err := os.Mkdir(path, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}
