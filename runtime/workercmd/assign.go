package workercmd

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/setting"
)

// post is the work at one broker.
type post struct {
	broker setting.Broker
	tables []actor.Table
	// queues are those to work on; none means that tasks are only sent there.
	queues []string
}

// assign shares the queues of the tables out to the brokers.
func assign(s settings, tables []actor.Table) ([]post, error) {
	brokers, err := setting.Brokers(s.brokers)
	if err != nil {
		return nil, err
	}
	urls := make([]string, len(brokers))
	for i, b := range brokers {
		urls[i] = b.URL
	}
	if err := setting.CheckTLS(s.tls, urls...); err != nil {
		return nil, err
	}
	queuesOf := make(map[string]map[string]bool) // by broker name
	var problems []error
	for _, table := range tables {
		for _, entry := range table {
			name := cmp.Or(entry.Definition.Broker, actor.DefaultName)
			if queuesOf[name] == nil {
				queuesOf[name] = make(map[string]bool)
				if !slices.ContainsFunc(brokers, func(b setting.Broker) bool { return b.Name == name }) {
					problems = append(problems, fmt.Errorf("actor %q needs broker %q (%s)", entry.Definition.Name, name, addBroker(name)))
				}
			}
			queuesOf[name][cmp.Or(entry.Definition.Queue.Name, actor.DefaultName)] = true
		}
	}
	if len(queuesOf) == 0 {
		problems = append(problems, errors.New("there are no actors to run"))
	}
	problems = append(problems, unknownQueues(s.queues, queuesOf)...)
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	tables = withPrefetch(tables, s.prefetch)
	var posts []post
	for _, b := range brokers {
		queues := slices.Sorted(maps.Keys(queuesOf[b.Name]))
		if len(s.queues) > 0 {
			queues = slices.DeleteFunc(queues, func(q string) bool { return !slices.Contains(s.queues, q) })
		}
		posts = append(posts, post{broker: b, tables: tables, queues: queues})
	}
	return posts, nil
}

func addBroker(name string) string {
	if name == actor.DefaultName {
		return "add -broker amqp://…"
	}
	return "add -broker " + name + "=amqp://…"
}

// unknownQueues reports the wanted queues that no actor uses.
func unknownQueues(wanted []string, queuesOf map[string]map[string]bool) []error {
	known := make(map[string]bool)
	for _, queues := range queuesOf {
		maps.Copy(known, queues)
	}
	var problems []error
	for _, queue := range wanted {
		if !known[queue] {
			problems = append(problems, fmt.Errorf("-queues names %q, which no actor uses (there are %s)",
				queue, strings.Join(slices.Sorted(maps.Keys(known)), ", ")))
		}
	}
	return problems
}

// withPrefetch returns the tables with the flag in the place of the prefetch
// that a queue's annotation sets, which a worker would prefer. The definitions
// are copied: the stubs hold them too.
func withPrefetch(tables []actor.Table, prefetch int) []actor.Table {
	if prefetch == 0 {
		return tables
	}
	changed := make([]actor.Table, len(tables))
	for i, table := range tables {
		changed[i] = slices.Clone(table)
		for j := range changed[i] {
			d := *table[j].Definition
			d.Queue.Prefetch = prefetch
			changed[i][j].Definition = &d
		}
	}
	return changed
}
