package main

import (
	"encoding/json"
	"fmt"
	"go/token"
	"io"

	"github.com/actorgen/actorgen/generator/diagnostic"
)

// problem is one problem as -json prints it; docs/annotations.md explains it.
type problem struct {
	place
	Message string  `json:"message"`
	Hint    string  `json:"hint,omitempty"`
	Related []place `json:"related,omitempty"`
}

// place is a position in a file, as far as it is known.
type place struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

func placeOf(pos token.Position) place { return place{pos.Filename, pos.Line, pos.Column} }

// report prints the problems of a run, if only to say as JSON that there are
// none, and returns the exit code.
func (s *settings) report(list diagnostic.List, stdout, stderr io.Writer) int {
	list = list.Sorted(s.Dir)
	if !s.asJSON {
		printText(stderr, list)
	} else if err := printJSON(stdout, problems(list)); err != nil {
		return fail(stderr, err)
	}
	if len(list) > 0 {
		return exitFound
	}
	return exitDone
}

func printText(w io.Writer, list diagnostic.List) {
	for _, d := range list {
		fmt.Fprintln(w, d)
	}
}

func problems(list diagnostic.List) []problem {
	result := []problem{}
	for _, d := range list {
		p := problem{place: placeOf(d.Pos), Message: d.Message, Hint: d.Hint}
		for _, pos := range d.Related {
			p.Related = append(p.Related, placeOf(pos))
		}
		result = append(result, p)
	}
	return result
}

// printJSON prints a value as a person can read it, too.
func printJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}
