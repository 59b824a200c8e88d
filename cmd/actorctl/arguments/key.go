package arguments

import (
	"errors"

	"github.com/actorgen/actorgen/generator/lockfile"
)

// keys are the kinds of maps by their keys.
type keys int

const (
	otherKeys keys = iota
	textKeys
	signedKeys
	unsignedKeys
	durationKeys
)

var errKeys = errors.New("maps with such keys cannot be shown as JSON")

func keyKind(t *lockfile.Type) keys {
	switch {
	case t == nil:
		return otherKeys
	case t.Form == lockfile.Own && t.Encoding == "text", t.Form == lockfile.Basic && t.Name == "string":
		return textKeys
	case t.Form != lockfile.Basic:
		return otherKeys
	case signedBits[t.Name] > 0:
		return signedKeys
	case unsignedBits[t.Name] > 0:
		return unsignedKeys
	case t.Name == "time.Duration":
		return durationKeys
	}
	return otherKeys
}
