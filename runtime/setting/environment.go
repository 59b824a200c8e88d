package setting

import (
	"errors"
	"flag"
	"fmt"
	"strings"
)

// Variable returns the environment variable that stands in for a flag.
func Variable(flag string) string {
	return "ACTOR_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// FromEnvironment sets the flags that were not given, but for those in except,
// from their variables. An empty variable is none. The flags must have been
// parsed; problems are reported all at once.
func FromEnvironment(fs *flag.FlagSet, getenv func(string) string, except ...string) error {
	done := make(map[string]bool)
	for _, name := range except {
		done[name] = true
	}
	fs.Visit(func(f *flag.Flag) { done[f.Name] = true })
	var problems []error
	fs.VisitAll(func(f *flag.Flag) {
		value := getenv(Variable(f.Name))
		if value == "" || done[f.Name] {
			return
		}
		if err := f.Value.Set(value); err != nil {
			problems = append(problems, fmt.Errorf("invalid value %q for %s: %w", value, Variable(f.Name), err))
		}
	})
	return errors.Join(problems...)
}

// Words is a repeatable flag whose values may hold several words. It takes
// anything: package flag shows the values it refuses, and these may hold a
// password.
type Words []string

// String implements [flag.Value]. It shows nothing.
func (w *Words) String() string { return "" }

// Set adds the words of v.
func (w *Words) Set(v string) error {
	*w = append(*w, strings.Fields(v)...)
	return nil
}
