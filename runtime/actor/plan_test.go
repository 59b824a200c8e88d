package actor

import (
	"strings"
	"testing"
)

func entry(name, queue, broker string) Entry {
	return Entry{Definition: &Definition{Name: name, Queue: Queue{Name: queue}, Broker: broker}}
}

func TestPlanTakesTheBrokersActors(t *testing.T) {
	tables := []Table{
		{entry("a", "q1", ""), entry("b", "", "default")},
		{entry("c", "q1", ""), entry("d", "q1", "analytics")},
	}
	p, err := newPlan(tables, DefaultName, nil, &ClientConfig{QueuePrefix: "eu."})
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, q := range p.queues {
		got += q.queue.Name + ":"
		for _, name := range []string{"a", "b", "c", "d"} {
			if q.actors[name] != nil {
				got += name
			}
		}
		got += " "
	}
	if want := "eu.default:b eu.q1:ac "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPlanReportsEveryContradiction(t *testing.T) {
	other := entry("b", "q1", "")
	other.Definition.Queue.Type = Classic
	tables := []Table{{entry("a", "q1", ""), other, entry("a", "q2", "")}}
	_, err := newPlan(tables, DefaultName, []string{"q1", "q3"}, &ClientConfig{})
	if err == nil {
		t.Fatal("got nil, want an error")
	}
	for _, want := range []string{`actor "a" is in the tables twice`, `actor "b" describes queue "q1" unlike`, `no actor uses queue "q3"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want it to contain %q", err, want)
		}
	}
	if _, err := newPlan(nil, "analytics", nil, &ClientConfig{}); err == nil || !strings.Contains(err.Error(), `no actor of broker "analytics"`) {
		t.Errorf("got %v, want an error about no actor", err)
	}
}
