// Package tasks has actors that are methods: what they need is in their receiver.
package tasks

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"sync"
)

//go:generate go tool actorgen -main ../worker .

// Journal keeps notes in a file.
type Journal struct {
	file *os.File

	mu    sync.Mutex // guards notes: methods run concurrently
	notes *bufio.Writer
}

// NewJournal opens the file that JOURNAL names. The generated worker calls it.
//
//actor:new
func NewJournal(ctx context.Context) (*Journal, error) {
	file, err := os.OpenFile(os.Getenv("JOURNAL"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	return &Journal{file: file, notes: bufio.NewWriter(file)}, nil
}

// Note adds a line.
//
//actor:task queue=notes
func (j *Journal) Note(ctx context.Context, text string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	_, err := fmt.Fprintln(j.notes, text)
	return err
}

// Close writes what is still in memory. The generated worker calls it at its end.
func (j *Journal) Close() error {
	j.mu.Lock() // a task may have ignored that its time was up
	defer j.mu.Unlock()
	if err := j.notes.Flush(); err != nil {
		return err
	}
	return j.file.Close()
}
