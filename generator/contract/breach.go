package contract

import (
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

	// what has changed, and the effect of that in a rolling deploy.
	what, effect string
	// hint says what to do other than to accept it. It may be empty.
	hint string
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
	hint := "accept it: actorgen lock -accept " + argument(b.Names[0])
	if b.hint != "" {
		hint = b.hint + ", or " + hint
	}
	message := b.what
	if b.Source.IsValid() {
		message += ", see " + b.Locked.String()
	}
	if len(b.Actors) > 0 {
		message += ", in messages of " + enumeration(b.Actors)
	}
	pos := b.Source
	if !pos.IsValid() {
		pos = b.Locked
	}
	return diagnostic.Diagnostic{Pos: pos, Message: message + ": " + b.effect, Hint: hint}
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
