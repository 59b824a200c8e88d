package option

import (
	"fmt"
	"go/token"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName is the longest name in bytes: AMQP's short strings hold 255, and
// prefixes and suffixes need room.
const maxName = 127

var name = Kind{Syntax: "letters, digits, ._- up to 127 bytes", parse: func(text string) (any, error) {
	for _, r := range text {
		if r > unicode.MaxASCII || !(unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("._-", r)) {
			return nil, fmt.Errorf("contains %q", r)
		}
	}
	return text, checkLength(text)
}}

// CheckName says why text cannot be an actor's name on the wire.
func CheckName(text string) error {
	_, err := name.Parse(text)
	return err
}

var identifier = Kind{Syntax: "exported Go identifier", parse: func(text string) (any, error) {
	if !token.IsIdentifier(text) {
		return nil, fmt.Errorf("is not a Go identifier")
	}
	if !token.IsExported(text) {
		return nil, fmt.Errorf("is not exported")
	}
	return text, nil
}}

// broker is an identifier that may be a keyword of Go: "default" is one.
var broker = Kind{Syntax: "identifier", parse: func(text string) (any, error) {
	if !token.IsIdentifier(text) && !token.IsKeyword(text) {
		return nil, fmt.Errorf("is not an identifier")
	}
	return text, checkLength(text)
}}

// queueName refuses the names that the broker and this runtime keep for
// themselves.
var queueName = Kind{Syntax: "printable text, at most 127 bytes", parse: func(text string) (any, error) {
	if !utf8.ValidString(text) {
		return nil, fmt.Errorf("is not valid UTF-8")
	}
	for _, r := range text {
		if !unicode.IsPrint(r) {
			return nil, fmt.Errorf("contains %q", r)
		}
	}
	for _, prefix := range []string{"amq.", "actor.delay."} {
		if strings.HasPrefix(text, prefix) {
			return nil, fmt.Errorf("begins with %s, which is reserved", prefix)
		}
	}
	for _, suffix := range []string{".XQ", ".RQ"} {
		if strings.HasSuffix(text, suffix) {
			return nil, fmt.Errorf("ends in %s, which is reserved for the queues beside it", suffix)
		}
	}
	return text, checkLength(text)
}}

// CheckQueue says why text cannot be the name of a queue.
func CheckQueue(text string) error {
	_, err := queueName.Parse(text)
	return err
}

func checkLength(text string) error {
	if len(text) > maxName {
		return fmt.Errorf("has %d bytes, at most %d are allowed", len(text), maxName)
	}
	return nil
}
