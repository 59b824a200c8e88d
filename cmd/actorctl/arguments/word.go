package arguments

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/actorgen/actorgen/generator/lockfile"
)

// Word returns what somebody has written for one parameter as JSON. Where the
// type is a text in JSON, as strings, times and durations are, the quotes may be
// left out: what does not begin with one is taken as it stands, but for the word
// null where that is a value.
func (s *Schema) Word(t *lockfile.Type, text string) (json.RawMessage, error) {
	quoted, nullable := s.isText(t)
	if quoted && !strings.HasPrefix(text, `"`) && !(nullable && text == "null") {
		return appendString(nil, text), nil
	}
	switch {
	case text == "":
		return nil, errors.New("there is no value (type " + t.String() + ")")
	case !json.Valid([]byte(text)):
		return nil, errors.New(excerpt(text) + " is not valid JSON (type " + t.String() + ")")
	}
	return json.RawMessage(text), nil
}

// isText reports whether values are texts in JSON, and may also be null.
func (s *Schema) isText(t *lockfile.Type) (text, nullable bool) {
	for range maxNesting {
		t = s.resolve(t)
		switch {
		case t == nil:
			return false, false
		case isBytes(t):
			return true, nullable || t.Form == lockfile.Slice
		case t.Form == lockfile.Pointer:
			t, nullable = t.Elem, true
			continue
		case t.Form == lockfile.Own:
			return t.Encoding != "msgpack", nullable
		}
		return t.Form == lockfile.Basic && (t.Name == "string" || t.Name == "time.Time" || t.Name == "time.Duration"), nullable
	}
	return false, false
}
