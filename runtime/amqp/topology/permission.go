package topology

import (
	"regexp"
	"slices"
	"strings"

	"github.com/actorgen/actorgen/runtime/amqp/layout"
)

// Role is what a user of a broker is for.
type Role string

const (
	// Producer sends tasks, delayed ones and calls among them.
	Producer Role = "producer"
	// Worker runs the tasks of some queues: it takes them, delays retries, sends
	// replies and dead letters, and may send tasks like a producer.
	Worker Role = "worker"
	// Operator counts messages, and reads, requeues and purges dead letters.
	Operator Role = "operator"
	// Deployer plans and applies the topology, and may take levels away.
	Deployer Role = "deployer"
)

// Roles are all of them.
var Roles = []Role{Producer, Worker, Operator, Deployer}

// Permission is what RabbitMQ lets a user do in a virtual host: regular
// expressions for the names of what it may configure, write and read. No topic
// permissions are needed, since none of the exchanges is a topic exchange.
type Permission struct {
	Configure string `json:"configure"`
	Write     string `json:"write"`
	Read      string `json:"read"`
}

// Permit returns the least that a role needs for the queues of w. A worker or a
// producer that declares (amqp.DeclareAlways) needs what a deployer does, too;
// without that it works on what a deployer has made. Queues that are bound to
// nothing but the default exchange cannot be told apart when something is
// written: who may send to one may send to all of the virtual host.
func Permit(w Want, r Role, declares bool) Permission {
	return allow(w, r, declares).permission(w.Prefix)
}

// allowed are the names that may be configured, written and read.
type allowed [3]names

const (
	configure = iota
	write
	read
)

func (a allowed) permission(prefix string) Permission {
	return Permission{a[configure].expression(prefix), a[write].expression(prefix), a[read].expression(prefix)}
}

func allow(w Want, r Role, declares bool) (a allowed) {
	delays := []string{anyLevel(w.Prefix), literal(layout.Out(w.Prefix)), literal(layout.Lost(w.Prefix))}
	declares = declares && r != Operator || r == Deployer
	a[write].add(defaultExchange)
	switch r {
	case Producer, Worker:
		a[write].add(anyLevel(w.Prefix))
	case Operator:
		a[read].add(literal(layout.Lost(w.Prefix)))
	}
	if declares {
		a[configure].add(delays...)
		a[write].add(delays...)
		a[read].add(delays...)
	}
	for _, q := range w.Queues {
		switch r {
		case Worker:
			a[read].add(literal(q.Name))
			if q.HasRetryQueue() {
				a[read].add(literal(q.RetryName()))
			}
		case Operator:
			a[read].add(literal(q.DeadLetterName()))
		}
		if !declares {
			continue
		}
		a[write].add(literal(layout.Landing(&q, w.Prefix).Destination))
		for _, part := range layout.Queues(&q) {
			a[configure].add(literal(part.Name))
			if _, forwards := part.Args["x-dead-letter-exchange"]; forwards {
				a[read].add(literal(part.Name)) // or whoever declares it could get at its messages that way
			}
		}
	}
	return a
}

// defaultExchange is what RabbitMQ calls the exchange without a name.
var defaultExchange = literal("amq.default")

func anyLevel(prefix string) string {
	return strings.TrimSuffix(literal(layout.Level(prefix, 0)), "00") + "[0-9]{2}"
}

func literal(name string) string { return regexp.QuoteMeta(name) }

// names are expressions for one name or a few.
type names []string

func (n *names) add(expressions ...string) { *n = append(*n, expressions...) }

// expression matches exactly the names, with the prefix written once.
func (n names) expression(prefix string) string {
	prefix = literal(prefix)
	var within, others names
	for _, name := range slices.Compact(slices.Sorted(slices.Values(n))) {
		if rest, ok := strings.CutPrefix(name, prefix); ok && prefix != "" {
			within.add(rest)
		} else {
			others.add(name)
		}
	}
	if len(within) > 0 {
		others.add(prefix + within.oneOf())
	}
	return "^" + others.oneOf() + "$"
}

func (n names) oneOf() string {
	if len(n) < 2 {
		return strings.Join(n, "")
	}
	return "(" + strings.Join(n, "|") + ")"
}
