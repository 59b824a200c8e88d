package lockfile

import (
	"fmt"

	"github.com/actorgen/actorgen/generator/suggest"
)

// unknownError is a word that this version of the package does not know.
type unknownError struct {
	what, word string
	known      []string
}

func (e *unknownError) Error() string { return fmt.Sprintf("unknown %s %q", e.what, e.word) }

// hint says what the word was meant to be, or who may have written it.
func (e *unknownError) hint() string {
	const update = "if a newer actorgen wrote this file, update this tool"
	if hint := suggest.Hint(e.word, e.known); hint != "" {
		return hint + " " + update
	}
	return update
}
