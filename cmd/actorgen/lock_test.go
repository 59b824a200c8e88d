package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/actorgen/actorgen/generator/contract"
	"github.com/actorgen/actorgen/generator/lockfile"
)

// verdicts compares the actors of package was in a lock with those of package is
// that are called alike, and prints for each whether the change is compatible:
// verdicts actors.lock
func verdicts(ts *testscript.TestScript, _ bool, args []string) {
	file, err := lockfile.Parse(args[0], []byte(ts.ReadFile(args[0])))
	ts.Check(err)
	was, is := of(file, "was."), of(file, "is.")
	broken := make(map[string]bool)
	for _, b := range contract.Breaches(was, is) {
		for _, name := range append(b.Actors, b.Names...) {
			broken[name] = true
		}
	}
	for _, a := range was.Actors {
		verdict := "compatible"
		if broken[a.Name] {
			verdict = "breach"
		}
		fmt.Fprintln(ts.Stdout(), a.Name, verdict)
	}
}

// of returns the actors of one package, their names without it.
func of(file *lockfile.File, prefix string) *lockfile.File {
	result := &lockfile.File{Queues: file.Queues, Structs: file.Structs}
	for _, a := range file.Actors {
		if name, ok := strings.CutPrefix(a.Name, prefix); ok {
			a.Name = name
			result.Actors = append(result.Actors, a)
		}
	}
	slices.SortFunc(result.Actors, func(a, b lockfile.Actor) int { return strings.Compare(a.Name, b.Name) })
	return result
}
