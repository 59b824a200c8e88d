package workercmd

import (
	"reflect"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/setting"
)

// tables returns one table with an actor for each "broker/queue".
func tables(actors ...string) []actor.Table {
	var table actor.Table
	for _, spec := range actors {
		broker, queue, _ := strings.Cut(spec, "/")
		table = append(table, actor.Entry{Definition: &actor.Definition{
			Name: "test." + queue, Broker: broker, Queue: actor.Queue{Name: queue, Prefetch: 1},
		}})
	}
	return []actor.Table{table}
}

func TestAssign(t *testing.T) {
	for name, test := range map[string]struct {
		settings settings
		tables   []actor.Table
		want     map[string][]string // queues by broker
	}{
		"default broker on this machine": {
			tables: tables("default/mail", "/images"),
			want:   map[string][]string{"default": {"images", "mail"}},
		},
		"queues of two brokers": {
			settings: settings{brokers: setting.Words{"amqp://a/", "far=amqp://b/"}},
			tables:   tables("default/mail", "far/events"),
			want:     map[string][]string{"default": {"mail"}, "far": {"events"}},
		},
		"a broker to which tasks are only sent": {
			settings: settings{brokers: setting.Words{"amqp://a/", "far=amqp://b/"}},
			tables:   tables("default/mail"),
			want:     map[string][]string{"default": {"mail"}, "far": nil},
		},
		"some queues of two brokers": {
			settings: settings{brokers: setting.Words{"amqp://a/", "far=amqp://b/"}, queues: setting.Words{"events", "mail"}},
			tables:   tables("default/mail", "default/images", "far/events"),
			want:     map[string][]string{"default": {"mail"}, "far": {"events"}},
		},
		"no default broker where nobody needs it": {
			settings: settings{brokers: setting.Words{"far=amqps://b,c/"}},
			tables:   tables("far/events"),
			want:     map[string][]string{"far": {"events"}},
		},
		"the default queue": {
			settings: settings{queues: setting.Words{"default"}},
			tables:   tables("default/"),
			want:     map[string][]string{"default": {"default"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			posts, err := assign(test.settings, test.tables)
			if err != nil {
				t.Fatal(err)
			}
			got := make(map[string][]string)
			for _, p := range posts {
				got[p.broker.Name] = p.queues
			}
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestAssignRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		settings settings
		tables   []actor.Table
		want     []string // in the error
	}{
		"named broker": {
			tables: tables("far/events"),
			want:   []string{`"test.events"`, `"far"`, "-broker far=amqp://"},
		},
		"default broker beside a named one": {
			settings: settings{brokers: setting.Words{"far=amqp://b/"}},
			tables:   tables("default/mail", "far/events"),
			want:     []string{`"test.mail"`, "-broker amqp://"},
		},
		"unknown queue": {
			settings: settings{queues: setting.Words{"mial"}},
			tables:   tables("default/mail"),
			want:     []string{"-queues", `"mial"`, "mail"},
		},
		"no actors":      {tables: []actor.Table{{}}, want: []string{"no actors"}},
		"no URL":         {settings: settings{brokers: setting.Words{"localhost"}}, tables: tables("/q"), want: []string{"name=URL"}},
		"unknown scheme": {settings: settings{brokers: setting.Words{"a=redis://h/"}}, tables: tables("/q"), want: []string{`"redis"`, "amqps"}},
		"given twice": {
			settings: settings{brokers: setting.Words{"a=amqp://h/", "a=amqp://i/"}}, tables: tables("/q"), want: []string{`"a" twice`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := assign(test.settings, test.tables)
			if err == nil {
				t.Fatal("got no error")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want it to name %q", err, want)
				}
			}
		})
	}
}

// The flag wins over the annotation, and leaves the stubs' definitions alone.
func TestPrefetchFlagWins(t *testing.T) {
	original := tables("default/mail")
	posts, err := assign(settings{prefetch: 50}, original)
	if err != nil {
		t.Fatal(err)
	}
	if got := posts[0].tables[0][0].Definition.Queue.Prefetch; got != 50 {
		t.Errorf("got prefetch %d, want 50", got)
	}
	if got := original[0][0].Definition.Queue.Prefetch; got != 1 {
		t.Errorf("got prefetch %d in the annotation, want 1 as before", got)
	}
}
