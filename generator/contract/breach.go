package contract

import (
	"fmt"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"github.com/actorgen/actorgen/generator/diagnostic"
)

// Breach is a change of the source that breaks the locked contract.
type Breach struct {
	// Names are the actor, the queue or the struct whose contract is broken, as
	// the lock and the source call it: accepting one accepts the breach.
	Names []string
	// Actors are those that carry a struct.
	Actors []string
	// Locked is the place in the lock, Source that in the source; it is invalid
	// where the source has nothing left.
	Locked, Source token.Position

	// what has changed.
	what string
	// explain says what that does to its readers, which are known when all actors
	// that carry a struct have been looked at.
	explain func(readers) explanation
	readers readers
}

// always is an explanation that does not depend on the readers.
func always(e explanation) func(readers) explanation {
	return func(readers) explanation { return e }
}

// AcceptedBy reports whether names, those of actors, queues and structs, allow
// the breach: one of its own does, and so do all actors that carry it.
func (b *Breach) AcceptedBy(names []string) bool {
	accepted := func(name string) bool { return slices.Contains(names, name) }
	return slices.ContainsFunc(b.Names, accepted) ||
		len(b.Actors) > 0 && !slices.ContainsFunc(b.Actors, func(name string) bool { return !accepted(name) })
}

// Diagnostic explains the breach, with both places.
func (b *Breach) Diagnostic() diagnostic.Diagnostic {
	e := b.explain(b.readers)
	hint := fmt.Sprintf("%s, or accept it: actorgen lock -accept %s", e.hint, argument(b.Names[0]))
	message := b.what
	if b.Source.IsValid() {
		message += ", see " + b.Locked.String()
	}
	if len(b.Actors) > 0 {
		message += ", in messages of " + enumeration(b.Actors)
	}
	d := diagnostic.Diagnostic{Pos: b.Locked, Message: message + ": " + e.effect, Hint: hint}
	if b.Source.IsValid() {
		d.Pos, d.Related = b.Source, []token.Position{b.Locked}
	}
	return d
}

// argument quotes a name for a shell.
func argument(name string) string {
	plain := func(r rune) bool {
		return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || strings.ContainsRune("._-/+:@%=", r)
	}
	if strings.IndexFunc(name, func(r rune) bool { return !plain(r) }) < 0 {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}

// enumeration names a few of many.
func enumeration(names []string) string {
	const most = 3
	if len(names) > most {
		return strings.Join(names[:most-1], ", ") + " and " + strconv.Itoa(len(names)-most+1) + " more"
	}
	return strings.Join(names, ", ")
}
