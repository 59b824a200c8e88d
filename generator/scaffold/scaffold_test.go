package scaffold_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/generator/model"
	"github.com/actorgen/actorgen/generator/scaffold"
)

// TestReleasedVersion: what a release makes requires that release, and the
// version of Go that the library asks for.
func TestReleasedVersion(t *testing.T) {
	p, err := scaffold.New(scaffold.Config{Dir: filepath.Join(t.TempDir(), "hello"), Version: "v1.2.3"})
	if err != nil {
		t.Fatal(err)
	}
	if !p.New || p.Edited() || p.Package != "example.com/hello" {
		t.Errorf("got %+v, want a new module", p)
	}
	want := "module example.com/hello\n\ngo " + libraryGo(t) + "\n\ntool " + scaffold.Tool + "\n\nrequire " + scaffold.Library + " v1.2.3\n"
	if got := content(p.Files, "go.mod"); got != want {
		t.Errorf("got go.mod\n%s\nwant\n%s", got, want)
	}
}

// libraryGo is the version of the language in our own go.mod.
func libraryGo(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(text), "\ngo ")
	version, _, _ := strings.Cut(after, "\n")
	return strings.TrimSuffix(version, ".0")
}

func content(files []model.File, base string) string {
	for _, f := range files {
		if filepath.Base(f.Path) == base {
			return string(f.Content)
		}
	}
	return ""
}

// TestReplaceWithSpaces: go.mod takes such paths in quotes.
func TestReplaceWithSpaces(t *testing.T) {
	checkout := filepath.Join(t.TempDir(), "my checkout")
	if err := os.MkdirAll(checkout, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(checkout, "go.mod"), []byte("module "+scaffold.Library+"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	p, err := scaffold.New(scaffold.Config{Dir: filepath.Join(t.TempDir(), "hello"), Replace: checkout})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := content(p.Files, "go.mod"), "\nreplace "+scaffold.Library+` => "`+checkout+"\"\n"; !strings.HasSuffix(got, want) {
		t.Errorf("got go.mod\n%s\nwant it to end in %s", got, want)
	}
}

func TestWithoutGo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := scaffold.New(scaffold.Config{Dir: t.TempDir(), Version: "v1.2.3"})
	if want := "no go command in PATH (install Go " + libraryGo(t); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want an error with %q", err, want)
	}
}
