// Package option holds the one table of everything that an annotation can say.
// Parsing, validation, suggestions and the help text all come from it.
package option

import "slices"

// Scope says which directive takes an option.
type Scope int

const (
	// Task options belong to //actor:task and, most of them, //actor:defaults.
	Task Scope = iota
	// Queue options belong to //actor:queue.
	Queue
)

// Option is one key of a directive.
type Option struct {
	Key   string
	Scope Scope
	// Kind reads the value.
	Kind Kind
	// Default is the built-in default, as an annotation would write it where
	// it can be written.
	Default string
	// Meaning is one line for the help text and the reference page, and Example
	// a value for the latter.
	Meaning string
	Example string
	// Struct and Field name the field of package actor that takes the value;
	// see model.Setting. Both are empty for keys that are part of the actor's
	// identity.
	Struct string
	Field  string
	// Frozen says that the broker keeps the value for the life of the queue,
	// which makes it part of the wire contract.
	Frozen bool
	// Own says that the option cannot be shared by a package's defaults.
	Own bool
}

// Find returns the option with a key.
func Find(scope Scope, key string) (Option, bool) {
	i := slices.IndexFunc(Table, func(o Option) bool { return o.Scope == scope && o.Key == key })
	if i < 0 {
		return Option{}, false
	}
	return Table[i], true
}

// Keys returns the keys of a scope in the order of the table.
func Keys(scope Scope) []string {
	var keys []string
	for _, o := range Table {
		if o.Scope == scope {
			keys = append(keys, o.Key)
		}
	}
	return keys
}
