// Package tasks has actors that are methods: what they need is in their receiver.
package tasks

import (
	"context"
	"errors"
	"fmt"
	"os"
)

//go:generate go tool actorgen -main ../worker .

// Journal keeps notes in a file. Its methods run concurrently.
type Journal struct{ file *os.File }

// NewJournal opens the file that JOURNAL names. The generated worker calls it.
//
//actor:new
func NewJournal(ctx context.Context) (*Journal, error) {
	name := os.Getenv("JOURNAL")
	if name == "" {
		return nil, errors.New("set JOURNAL to the file for the notes")
	}
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	return &Journal{file}, nil
}

// Note adds a line.
//
//actor:task queue=notes
func (j *Journal) Note(ctx context.Context, text string) error {
	// Without a buffer: what returns nil is acknowledged and does not come again.
	if _, err := j.file.WriteString(text + "\n"); err != nil {
		return err
	}
	fmt.Println("noted", text)
	return nil
}

// Close closes the file. The generated worker calls it when its tasks have ended.
func (j *Journal) Close() error { return j.file.Close() }
