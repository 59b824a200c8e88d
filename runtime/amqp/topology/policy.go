package topology

import (
	"fmt"
	"slices"

	"github.com/actorgen/actorgen/runtime/amqp/layout"
	"github.com/actorgen/actorgen/runtime/amqp/management"
)

// harm is a key of a policy that breaks a promise.
type harm struct{ policy, key, value string }

// policies reports those that break a promise of a queue which exists or ought
// to. Only the management API tells of them.
func (i *inspection) policies(v view) {
	l, ok := v.(*listed)
	if !ok {
		return
	}
	var found []harm
	harmed := make(map[harm][]string)
	for _, q := range i.queuesToBe(l) {
		for _, h := range l.harms(q, partOf(q, &i.want)) {
			if !slices.Contains(found, h) {
				found = append(found, h)
			}
			harmed[h] = append(harmed[h], q.Name)
		}
	}
	for _, h := range found {
		i.add(Finding{
			State: Different, Object: Policy, Name: h.policy, Argument: h.key, Wanted: layout.None, Found: h.value, Breaks: true,
			Text: fmt.Sprintf("it applies to %s: give it a pattern that leaves them out", someOf(harmed[h])),
		})
	}
}

// queuesToBe are those that ought to exist, and the levels beyond that do.
func (i *inspection) queuesToBe(l *listed) (result []layout.Queue) {
	queues, delays := i.want.elements()
	for _, e := range slices.Concat(queues, delays) {
		if q, ok := e.(layout.Queue); ok {
			result = append(result, q)
		}
	}
	for _, e := range i.want.beyond() {
		if q, ok := e.(layout.Queue); ok && l.queues[q.Name].Name != "" {
			result = append(result, q)
		}
	}
	return result
}

// harms are what the policies that apply to q do to it: one of the users and
// one of the operators.
func (l *listed) harms(q layout.Queue, p part) (harms []harm) {
	kind := fmt.Sprint(q.Args["x-queue-type"])
	if found, ok := l.queues[q.Name]; ok {
		kind = found.Type
	}
	for _, policies := range [][]management.Policy{l.policies, l.operator} {
		policy := management.Applying(policies, q.Name, kind)
		if policy == nil {
			continue
		}
		for _, key := range p.harm() {
			value, set := policy.Definition[key]
			if set && (key != "overflow" || value != q.Args["x-overflow"]) {
				harms = append(harms, harm{policy.Name, key, fmt.Sprint(value)})
			}
		}
	}
	return harms
}

// someOf names a few of many.
func someOf(names []string) string {
	if len(names) == 1 {
		return fmt.Sprintf("%q", names[0])
	}
	return fmt.Sprintf("%d queues, such as %q", len(names), names[0])
}
