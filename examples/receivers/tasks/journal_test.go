package tasks

import (
	"os"
	"path/filepath"
	"testing"
)

// TestNotesAreKept runs a task as a worker does, on what the constructor made.
func TestNotesAreKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "journal")
	t.Setenv("JOURNAL", file)
	journal, err := NewJournal(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	message, err := JournalNote.Message("hello")
	if err != nil {
		t.Fatal(err)
	}
	task, err := Actors(journal)[0].Bind(message)
	if err != nil {
		t.Fatal(err)
	}
	if err := task(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := journal.Close(); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "hello\n" {
		t.Errorf("got %q, %v, want the note", text, err)
	}
}

func TestJournalNeedsItsFile(t *testing.T) {
	t.Setenv("JOURNAL", t.TempDir())
	if _, err := NewJournal(t.Context()); err == nil {
		t.Error("got a journal in a directory, want an error")
	}
}
