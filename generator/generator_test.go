package generator_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/generator"
	"github.com/actorgen/actorgen/generator/model"
)

const tasks = `package tasks

import "context"

//actor:task
func send(ctx context.Context, addr string) error { return nil }

//actor:task queue=other
func drop(ctx context.Context, n int) error { return nil }
`

// write makes a module of the named files.
func write(t *testing.T, files map[string]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	files["go.mod"] = "module example.com/app\n\ngo 1.26\n"
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// names lists the files of a directory tree.
func names(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		names = append(names, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestRunWritesNothing(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{
		"tasks/tasks.go":      tasks,
		"gone/actors_gen.go":  model.Header + "\n\npackage gone\n",
		"plain/actors_gen.go": "package plain\n",
	})
	before := names(t, dir)
	result, err := generator.Run(t.Context(), generator.Config{Dir: dir, Main: "cmd/worker"})
	if err != nil || len(result.Diagnostics) > 0 {
		t.Fatal(err, result.Diagnostics)
	}
	if after := names(t, dir); !slices.Equal(before, after) {
		t.Errorf("got files %q, want %q", after, before)
	}
	var got []string
	for _, f := range result.Files {
		name, _ := filepath.Rel(dir, f.Path)
		if f.Content == nil {
			name += " goes"
		} else if !model.HasHeader(f.Content) {
			t.Errorf("%s: got no header", name)
		}
		got = append(got, filepath.ToSlash(name))
	}
	if want := []string{"cmd/worker/main.go", "gone/actors_gen.go goes", "tasks/actors_gen.go"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestRunIsDeterministic generates the same package, its functions spread over
// files in two ways, again and again.
func TestRunIsDeterministic(t *testing.T) {
	t.Parallel()
	head, functions, _ := strings.Cut(tasks, "\n//actor:task\n")
	first, second, _ := strings.Cut(functions, "\n//actor:task queue=other\n")
	spread := write(t, map[string]string{
		"tasks/a.go": head + "\n//actor:task queue=other\n" + second,
		"tasks/z.go": head + "\n//actor:task\n" + first,
	})
	together := write(t, map[string]string{"tasks/tasks.go": tasks})
	var want []byte
	for range 3 {
		for _, dir := range []string{together, spread} {
			result, err := generator.Run(t.Context(), generator.Config{Dir: dir})
			if err != nil || len(result.Files) != 1 {
				t.Fatal(err, result)
			}
			if want == nil {
				want = result.Files[0].Content
			}
			if got := result.Files[0].Content; !bytes.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		}
	}
	if bytes.Contains(want, []byte(together)) {
		t.Error("output contains the path of its directory")
	}
}

func TestRunReportsEverything(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{
		"b/b.go": "package b" + strings.ReplaceAll(strings.TrimPrefix(tasks, "package tasks"), "addr string", "addr any"),
		"a/a.go": strings.ReplaceAll(tasks, "queue=other", "qeue=other"),
	})
	result, err := generator.Run(t.Context(), generator.Config{Dir: filepath.Join(dir, "b"), Patterns: []string{"."}})
	if err != nil {
		t.Fatal(err)
	}
	wants := []string{"../a/a.go:8:14: unknown key", "b.go:6:37: parameter addr"}
	for i, d := range result.Diagnostics {
		if got := filepath.ToSlash(d.String()); i >= len(wants) || !strings.HasPrefix(got, wants[i]) {
			t.Errorf("got diagnostic %s", got)
		}
	}
	if len(result.Diagnostics) != len(wants) {
		t.Errorf("got %d diagnostics, want %d", len(result.Diagnostics), len(wants))
	}
	if len(result.Files) > 0 {
		t.Errorf("got %d files, want none", len(result.Files))
	}
}
