package lockfile

import (
	"fmt"
	"strconv"
	"time"

	"github.com/actorgen/actorgen/generator/option"
)

// Setting is a key of a queue with its value as text.
type Setting struct{ Key, Value string }

// Set reads a value for one of the keys that are part of the contract, as
// //actor:queue writes it.
func (q *Queue) Set(key, text string) error {
	o, ok := option.Find(option.Queue, key)
	if !ok || !o.Frozen {
		return &unknownError{what: "key", word: key, known: frozen()}
	}
	value, err := o.Kind.Parse(text)
	if err != nil {
		return fmt.Errorf("%s: %q %w", key, text, err)
	}
	switch field := q.field(key).(type) {
	case *string:
		*field = text
	case *int:
		*field = value.(int)
	case *time.Duration:
		*field = value.(time.Duration)
	}
	return nil
}

// Settings returns what is set, in the order of the option table.
func (q *Queue) Settings() []Setting {
	var settings []Setting
	for _, key := range frozen() {
		if value := q.text(key); value != "" {
			settings = append(settings, Setting{key, value})
		}
	}
	return settings
}

// text returns the value of a key as Set reads it, or nothing where it is unset.
func (q *Queue) text(key string) string {
	switch field := q.field(key).(type) {
	case *string:
		return *field
	case *int:
		if *field != 0 {
			return strconv.Itoa(*field)
		}
	case *time.Duration:
		if *field != 0 {
			return option.FormatDuration(*field)
		}
	}
	return ""
}

// field returns where the value of a key is kept.
func (q *Queue) field(key string) any {
	switch key {
	case "type":
		return &q.Type
	case "max-priority":
		return &q.MaxPriority
	case "max-length":
		return &q.MaxLength
	case "overflow":
		return &q.Overflow
	case "delivery-limit":
		return &q.DeliveryLimit
	case "dead-letter-ttl":
		return &q.DeadLetterTTL
	}
	return nil
}

// frozen returns the keys of queues that are part of the contract.
func frozen() []string {
	var keys []string
	for _, o := range option.Table {
		if o.Scope == option.Queue && o.Frozen {
			keys = append(keys, o.Key)
		}
	}
	return keys
}
