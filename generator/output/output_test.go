package output

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/generator/model"
)

func ours(text string) []byte { return []byte(model.Header + "\n\n" + text) }

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path, stale := filepath.Join(dir, "new", "a.go"), filepath.Join(dir, "b.go")
	if err := os.WriteFile(stale, ours("package b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	files := []model.File{{Path: path, Content: ours("package a\n")}, {Path: stale}}
	if err := Write(files); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != string(ours("package a\n")) {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := os.Stat(stale); !os.IsNotExist(err) {
		t.Errorf("got %v, want the stale file gone", err)
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		t.Errorf("got %d files, want no temporary one left", len(entries))
	}
	if diff, err := Diff(dir, files); diff != "" || err != nil {
		t.Errorf("got diff %q, %v, want none", diff, err)
	}
}

func TestWriteKeepsMode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.go")
	if err := os.WriteFile(path, ours("package a\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := Write([]model.File{{Path: path, Content: ours("package b\n")}}); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("got %v, %v, want mode 0640", info.Mode(), err)
	}
}

func TestWriteLeavesForeignFiles(t *testing.T) {
	dir := t.TempDir()
	foreign, fresh := filepath.Join(dir, "b.go"), filepath.Join(dir, "a.go")
	if err := os.WriteFile(foreign, []byte("package b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, content := range [][]byte{ours("package b\n"), nil} {
		err := Write([]model.File{{Path: fresh, Content: ours("package a\n")}, {Path: foreign, Content: content}})
		var refused *ForeignError
		if !errors.As(err, &refused) || refused.Path != foreign {
			t.Errorf("got %v, want a ForeignError for %q", err, foreign)
		}
		if _, err := os.Stat(fresh); !os.IsNotExist(err) {
			t.Errorf("got %v, want nothing written", err)
		}
	}
}

// TestWriteAllOrNothing has a file that cannot be written, because its
// temporary name is too long, behind ones that can change and go.
func TestWriteAllOrNothing(t *testing.T) {
	dir := t.TempDir()
	first, second := filepath.Join(dir, "a.go"), filepath.Join(dir, "b.go")
	blocked := filepath.Join(dir, strings.Repeat("z", 250)+".go")
	old := string(ours("package a\n"))
	for _, path := range []string{first, second} {
		if err := os.WriteFile(path, []byte(old), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	err := Write([]model.File{{Path: first, Content: ours("package b\n")}, {Path: second}, {Path: blocked, Content: ours("package z\n")}})
	if err == nil || !strings.Contains(err.Error(), strconv.Quote(blocked)) || strings.Contains(err.Error(), ".zz") {
		t.Errorf("got %v, want an error that names %q and no temporary file", err, blocked)
	}
	for _, path := range []string{first, second} {
		if got, err := os.ReadFile(path); err != nil || string(got) != old {
			t.Errorf("%s: got %q, %v, want the old content", path, got, err)
		}
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 2 {
		t.Errorf("got %v, want no temporary file left", entries)
	}
}

func TestWriteTakesEmptyFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.go")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Write([]model.File{{Path: path, Content: ours("package a\n")}}); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(path); err != nil || len(got) == 0 {
		t.Errorf("got %q, %v", got, err)
	}
}
