package topology

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	broker "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/amqp/layout"
	"github.com/actorgen/actorgen/runtime/amqp/management"
)

// listed is the view of the management API, of one moment.
type listed struct {
	queues             map[string]management.Queue
	exchanges          map[string]management.Exchange
	bindings           []management.Binding
	policies, operator []management.Policy
}

// list asks for everything in a virtual host.
func list(ctx context.Context, api *management.Client, vhost string) (*listed, error) {
	l := &listed{queues: make(map[string]management.Queue), exchanges: make(map[string]management.Exchange)}
	queues, err := api.Queues(ctx, vhost)
	if err != nil {
		return nil, err
	}
	for _, q := range queues {
		l.queues[q.Name] = q
	}
	exchanges, err := api.Exchanges(ctx, vhost)
	if err != nil {
		return nil, err
	}
	for _, e := range exchanges {
		l.exchanges[e.Name] = e
	}
	if l.bindings, err = api.Bindings(ctx, vhost); err != nil {
		return nil, err
	}
	if l.policies, err = api.Policies(ctx, vhost); err != nil {
		return nil, err
	}
	l.operator, err = api.OperatorPolicies(ctx, vhost)
	return l, err
}

func (l *listed) look(_ context.Context, e layout.Element) (sight, error) {
	seen := sight{verified: true}
	switch e := e.(type) {
	case layout.Queue:
		found, ok := l.queues[e.Name]
		if seen.exists = ok; ok {
			seen.property("durable", true, found.Durable)
			seen.property("auto_delete", false, found.AutoDelete)
			seen.property("exclusive", false, found.Exclusive)
			if found.Type != e.Args[queueType] {
				return sight{exists: true, verified: true, differences: []layout.Difference{
					{Argument: queueType, Wanted: fmt.Sprint(e.Args[queueType]), Found: found.Type}}}, nil
			}
			found.Arguments[queueType] = found.Type // which may be the default one
			seen.arguments(e.Args, found.Arguments)
		}
	case layout.Exchange:
		found, ok := l.exchanges[e.Name]
		if seen.exists = ok; ok {
			seen.property("type", e.Kind, found.Type)
			seen.property("durable", true, found.Durable)
			seen.property("auto_delete", false, found.AutoDelete)
			seen.property("internal", false, found.Internal)
			seen.arguments(e.Args, found.Arguments)
		}
	case layout.Binding:
		seen.exists = slices.ContainsFunc(l.bindings, func(b management.Binding) bool { return isBinding(e, b) })
	}
	return seen, nil
}

func (l *listed) waiting(_ context.Context, queue string) (int, bool, error) {
	q, ok := l.queues[queue]
	if !ok || q.Messages == nil {
		return 0, ok, nil
	}
	return *q.Messages, true, nil
}

// property notes a property that differs.
func (s *sight) property(name string, wanted, found any) {
	if wanted != found {
		s.differences = append(s.differences, layout.Difference{Argument: name, Wanted: fmt.Sprint(wanted), Found: fmt.Sprint(found)})
	}
}

// arguments notes those that differ.
func (s *sight) arguments(wanted broker.Table, found management.Table) {
	names := maps.Clone(found)
	if names == nil {
		names = management.Table{}
	}
	for name := range wanted {
		names[name] = nil
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		w, inWanted := wanted[name]
		f, inFound := found[name]
		if inWanted != inFound || plain(w) != plain(f) {
			s.differences = append(s.differences, layout.Difference{Argument: name, Wanted: shown(w, inWanted), Found: shown(f, inFound)})
		}
	}
}

// plain makes numbers of both sides comparable.
func plain(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		return v.String()
	case string, bool, int64, nil:
		return v
	}
	return fmt.Sprint(v)
}

func shown(v any, is bool) string {
	if !is {
		return layout.None
	}
	return fmt.Sprint(v)
}

func isBinding(want layout.Binding, b management.Binding) bool {
	kind := toQueue
	if want.ToExchange {
		kind = toExchange
	}
	if b.Source != want.Source || b.Destination != want.Destination || b.DestinationType != kind || b.RoutingKey != want.Key {
		return false
	}
	var s sight
	s.arguments(want.Args, b.Arguments)
	return len(s.differences) == 0
}
