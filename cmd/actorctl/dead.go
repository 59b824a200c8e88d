package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/actorgen/actorgen/cmd/actorctl/arguments"
	"github.com/actorgen/actorgen/generator/lockfile"
	"github.com/actorgen/actorgen/generator/suggest"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/amqp/deadletter"
)

// deadSettings are the flags of the dead commands.
type deadSettings struct {
	settings
	filter
	all         bool
	dryRun, yes bool
	queues      []string // as they were given
}

// dead is one of the commands on dead letters, at work.
type dead struct {
	process
	*deadSettings
	contract *lockfile.File
	schema   *arguments.Schema
	places   []place
	// left is how many letters -limit still allows; 0 for no limit.
	left int
	// planned is how many letters of each queue a rehearsal has counted.
	planned map[string]int
}

// place is a queue whose dead letters are meant.
type place struct {
	site  site
	queue actor.Queue
}

// key tells places apart.
func (d *place) key() string { return d.site.broker.Name + " " + d.queue.Name }

// startDead reads flags and lock. Without a result there is nothing more to do,
// and the code is that of the process.
func (p process) startDead(command string, args []string) (*dead, int) {
	s := new(deadSettings)
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	s.common(fs)
	s.filter.register(fs)
	fs.BoolVar(&s.all, "all", false, "")
	fs.BoolVar(&s.json, "json", false, "")
	changes := command == "requeue" || command == "purge"
	if changes {
		fs.BoolVar(&s.dryRun, "dry-run", false, "")
		fs.BoolVar(&s.yes, "yes", false, "")
	}
	var err error
	actions := append(filterFlags, "all", "json", "dry-run", "yes")
	if s.queues, err = parseMixed(fs, args, p.getenv, actions...); err != nil {
		return nil, p.usage(err, deadUsage, "dead")
	}
	switch {
	case s.all && len(s.queues) > 0:
		return nil, p.misused("dead "+command+" wants names of queues, or -all, not both", "dead")
	case changes && !s.all && len(s.queues) == 0:
		return nil, p.misused("dead "+command+" wants names of queues, or -all", "dead")
	}
	s.all = len(s.queues) == 0 // who only looks may leave both out
	lock, err := readLock(s.lock)
	if err != nil {
		return nil, p.failed(err)
	}
	d := &dead{process: p, deadSettings: s, contract: lock, schema: arguments.New(lock), left: s.limit}
	if d.places, err = s.places(lock); err != nil {
		return nil, p.misused(err.Error(), "dead")
	}
	return d, exitDone
}

// places finds the queues that are meant, in the order of the lock.
func (s *deadSettings) places(lock *lockfile.File) ([]place, error) {
	meant := make(map[[2]string]bool) // by broker and name there
	brokers := make(map[string]bool)
	known := make(map[string]bool)
	matched := make(map[string]bool)
	for _, l := range lock.Queues {
		for _, q := range queuesOf(&lockfile.File{Queues: []lockfile.Queue{l}}, l.Broker, &s.settings) {
			for _, name := range []string{l.Name, q.Name} {
				known[name] = true
				for _, word := range s.queues {
					if word == name || word == name+actor.DeadLetterSuffix {
						matched[word] = true
						meant[[2]string{l.Broker, q.Name}] = true
					}
				}
			}
			if s.all || meant[[2]string{l.Broker, q.Name}] {
				brokers[l.Broker] = true
			}
		}
	}
	for _, word := range s.queues {
		if !matched[word] {
			return nil, unknownName("queue", word, known)
		}
	}
	for name := range brokers {
		s.names = append(s.names, name)
	}
	all, err := sites(&s.settings, lock)
	if err != nil {
		return nil, err
	}
	var places []place
	for _, one := range all {
		for _, q := range one.want.Queues {
			if s.all || meant[[2]string{one.broker.Name, q.Name}] {
				places = append(places, place{one, q})
			}
		}
	}
	if len(places) == 0 {
		return nil, errors.New("the lock names no queue")
	}
	return places, nil
}

// unknownName says that the lock has no such thing. A word that may be a URL with
// its password is not shown.
func unknownName(what, word string, known map[string]bool) error {
	if strings.ContainsAny(word, ":/@") {
		return fmt.Errorf("an argument that is no %s of the lock (a URL is given as -broker URL)", what)
	}
	var names []string
	for name := range known {
		names = append(names, name)
	}
	slices.Sort(names)
	const most = 10
	hint := suggest.Hint(word, names)
	full := slices.IndexFunc(names, func(name string) bool { return strings.HasSuffix(name, "."+word) })
	switch {
	case hint != "":
	case full >= 0: // the package was left out
		hint = "did you mean " + names[full] + "?"
	case len(names) == 0:
		hint = "it has none"
	case len(names) > most:
		hint = fmt.Sprintf("there are %s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	default:
		hint = "there are " + strings.Join(names, ", ")
	}
	return fmt.Errorf("the lock has no %s %q (%s)", what, word, hint)
}

// each opens the dead letters of each place and does something with them. Where
// that fails, the other places have their turn all the same, unless their broker
// cannot be reached. The code is that of the process.
func (d *dead) each(ctx context.Context, do func(place, *amqp.Connection, *deadletter.Reader) error) int {
	code := exitDone
	unreachable := make(map[string]bool)
	for _, one := range d.places {
		if ctx.Err() != nil || d.limit > 0 && d.left == 0 {
			break
		}
		name := one.site.broker.Name
		if unreachable[name] {
			continue
		}
		b, err := one.site.connect(ctx)
		if unreachable[name] = err != nil; err == nil {
			err = one.open(ctx, b.Conn, do)
			b.Conn.Close()
		}
		if err != nil {
			code = d.failed(fmt.Errorf("broker %q: %w", name, interrupted(ctx, err)))
		}
	}
	if ctx.Err() != nil {
		return exitFailed
	}
	return code
}

func (d *place) open(ctx context.Context, conn *amqp.Connection, do func(place, *amqp.Connection, *deadletter.Reader) error) error {
	r, err := deadletter.Open(ctx, conn, d.queue.Name)
	if errors.Is(err, deadletter.ErrNoQueue) {
		return fmt.Errorf("%w (check -prefix and the virtual host; actorctl topology apply creates what is missing)", err)
	}
	if err != nil {
		return err
	}
	err = do(*d, conn, r)
	if closed := r.Close(); err == nil {
		err = closed
	}
	return err
}

// selection is what the flags mean, with a count of what matched.
func (d *dead) selection(matched func(*deadletter.Letter)) deadletter.Selection {
	s := deadletter.Selection{Limit: d.left}
	if d.filter.any() {
		s.Match = d.filter.match
	}
	if matched != nil {
		match := s.Match
		s.Match = func(l *deadletter.Letter) bool {
			ok := match == nil || match(l)
			if ok {
				matched(l)
			}
			return ok
		}
	}
	return s
}

// spend notes how many letters were used up of the limit.
func (d *dead) spend(n int) {
	if d.limit > 0 {
		d.left -= n
	}
}
