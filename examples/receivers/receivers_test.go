package receivers_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/actorgen/actorgen/examples/internal/program"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

func TestMain(m *testing.M) { os.Exit(rabbittest.Run(m)) }

// TestNotesReachTheFile runs what README.md says.
func TestNotesReachTheFile(t *testing.T) {
	broker := "ACTOR_BROKER=" + rabbittest.URL(t)
	file := filepath.Join(t.TempDir(), "journal.txt")
	worker := program.Start(t, program.Build(t, "./worker"), []string{broker, "JOURNAL=" + file}, "-concurrency", "1")
	worker.Await("worker running")
	note := program.Start(t, program.Build(t, "./note"), []string{broker}, "hello", "goodbye")
	if _, err := note.End(); err != nil {
		t.Fatal(err)
	}
	worker.Await("noted hello")
	worker.Await("noted goodbye")
	worker.Stop()
	if text, err := os.ReadFile(file); string(text) != "hello\ngoodbye\n" {
		t.Errorf("got %q, %v, want both notes", text, err)
	}
}
