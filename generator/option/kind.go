package option

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/actorgen/actorgen/generator/suggest"
)

// Const is a value that has a name: that of a constant of package actor.
type Const string

// Kind is how the value of an option is written and read.
type Kind struct {
	// Syntax says what may be written, for the help text and for hints.
	Syntax string
	parse  func(text string) (any, error)
}

// Parse reads a value: a string, a bool, an int, a time.Duration or a
// Const. The error completes the sentence "key=value …".
func (k Kind) Parse(text string) (any, error) {
	if text == "" {
		return nil, fmt.Errorf("has no value")
	}
	if text == `""` || text == "``" {
		return nil, fmt.Errorf("is a pair of quotes, not an empty value: leave the key out instead")
	}
	if strings.HasPrefix(text, `"`) || strings.HasPrefix(text, "`") {
		return nil, fmt.Errorf(`has its quotes in the wrong place: quotes go around the whole token, "key=value"`)
	}
	return k.parse(text)
}

// orNone also takes "none", which stands for value.
func (k Kind) orNone(value any) Kind {
	return Kind{Syntax: k.Syntax + ", or none", parse: func(text string) (any, error) {
		if text == "none" {
			return value, nil
		}
		return k.parse(text)
	}}
}

// atMost refuses durations above limit, and says why.
func (k Kind) atMost(limit time.Duration, reason string) Kind {
	return Kind{Syntax: fmt.Sprintf("%s, at most %s", k.Syntax, FormatDuration(limit)), parse: func(text string) (any, error) {
		value, err := k.parse(text)
		if d, ok := value.(time.Duration); ok && d > limit {
			return nil, fmt.Errorf("is over %s: %s", FormatDuration(limit), reason)
		}
		return value, err
	}}
}

// atLeast refuses durations below limit.
func (k Kind) atLeast(limit time.Duration) Kind {
	return Kind{Syntax: fmt.Sprintf("%s, at least %s", k.Syntax, FormatDuration(limit)), parse: func(text string) (any, error) {
		value, err := k.parse(text)
		if d, ok := value.(time.Duration); ok && d < limit {
			return nil, fmt.Errorf("is under %s", FormatDuration(limit))
		}
		return value, err
	}}
}

var boolean = Kind{Syntax: "true|false", parse: func(text string) (any, error) {
	switch text {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return nil, fmt.Errorf("is neither true nor false")
}}

// durationForm matches what time.ParseDuration refuses for its size only.
var durationForm = regexp.MustCompile(`^[-+]?([0-9]+(\.[0-9]*)?(ns|us|µs|μs|ms|s|m|h))+$`)

var duration = Kind{Syntax: "duration like 30s, 10m or 168h", parse: func(text string) (any, error) {
	d, err := time.ParseDuration(text)
	if err != nil && durationForm.MatchString(text) {
		return nil, fmt.Errorf("is longer than a duration can be, which is 292 years")
	}
	if err != nil {
		return nil, fmt.Errorf("is not a duration")
	}
	if d < 0 {
		return nil, fmt.Errorf("is negative")
	}
	return d, nil
}}

var positive = Kind{Syntax: duration.Syntax, parse: func(text string) (any, error) {
	value, err := duration.parse(text)
	if value == time.Duration(0) {
		return nil, fmt.Errorf("is zero")
	}
	return value, err
}}

// count is a whole number between least and most.
func count(least, most int) Kind {
	return Kind{Syntax: fmt.Sprintf("number from %d to %d", least, most), parse: func(text string) (any, error) {
		n, err := strconv.Atoi(text)
		if err != nil {
			return nil, fmt.Errorf("is not a whole number")
		}
		if n < least || n > most {
			return nil, fmt.Errorf("is out of range")
		}
		return n, nil
	}}
}

// enum takes pairs of a word and the constant of package actor that it means.
func enum(pairs ...string) Kind {
	var words []string
	constants := make(map[string]Const, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		words = append(words, pairs[i])
		constants[pairs[i]] = Const(pairs[i+1])
	}
	return Kind{Syntax: strings.Join(words, "|"), parse: func(text string) (any, error) {
		if constant, ok := constants[text]; ok {
			return constant, nil
		}
		if nearest := suggest.Nearest(text, words); nearest != "" {
			return nil, fmt.Errorf("is not known, did you mean %s?", nearest)
		}
		return nil, fmt.Errorf("is not known")
	}}
}

// FormatDuration writes a duration without its zero parts: 25m, not 25m0s.
func FormatDuration(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
