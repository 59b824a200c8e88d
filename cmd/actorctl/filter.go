package main

import (
	"errors"
	"flag"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/actorgen/actorgen/runtime/amqp/deadletter"
)

// filter says which dead letters are meant.
type filter struct {
	ids, actors  []string
	reason       *regexp.Regexp
	older, newer time.Duration
	limit        int
}

// filterFlags have no environment variables.
var filterFlags = []string{"id", "actor", "error", "older", "newer", "limit"}

func (f *filter) register(fs *flag.FlagSet) {
	list := func(to *[]string) func(string) error {
		return func(v string) error {
			*to = append(*to, v)
			return nil
		}
	}
	fs.Func("id", "", list(&f.ids))
	fs.Func("actor", "", list(&f.actors))
	fs.Func("error", "", func(v string) (err error) {
		if v == "" { // an unset variable of a script: it would mean all
			return errors.New("want a regular expression; an empty one matches everything")
		}
		if f.reason, err = regexp.Compile(v); err != nil {
			return fmt.Errorf("want a regular expression (%w)", err)
		}
		return nil
	})
	fs.Func("older", "", duration(&f.older))
	fs.Func("newer", "", duration(&f.newer))
	fs.Func("limit", "", func(v string) error {
		if _, err := fmt.Sscanf(v, "%d", &f.limit); err != nil || f.limit <= 0 || fmt.Sprint(f.limit) != v {
			return errors.New("want a number above 0")
		}
		return nil
	})
}

// any reports whether something is filtered.
func (f *filter) any() bool {
	return len(f.ids) > 0 || len(f.actors) > 0 || f.reason != nil || f.older > 0 || f.newer > 0
}

// match reports whether a letter is meant. One that does not say when it failed
// is neither older nor newer than anything.
func (f *filter) match(l *deadletter.Letter) bool {
	if f.older > 0 || f.newer > 0 {
		died := l.Died()
		age := time.Since(died)
		if died.IsZero() || f.older > 0 && age < f.older || f.newer > 0 && age > f.newer {
			return false
		}
	}
	return (len(f.ids) == 0 || slices.Contains(f.ids, l.ID)) &&
		(len(f.actors) == 0 || slices.Contains(f.actors, l.Actor)) &&
		(f.reason == nil || f.reason.MatchString(l.Why()))
}
