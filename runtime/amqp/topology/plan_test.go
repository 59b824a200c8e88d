package topology

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	broker "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
)

func mustPlan(t *testing.T, b *Broker, w Want) *Report {
	t.Helper()
	report, err := Plan(t.Context(), b, w)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func mustApply(t *testing.T, b *Broker, w Want) *Report {
	t.Helper()
	report, err := Apply(t.Context(), b, w)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// What a plan says is missing, apply creates, once; it is what clients declare.
func TestEmptyVirtualHost(t *testing.T) {
	eachView(t, func(t *testing.T, r *rig, b *Broker) {
		w := r.want()
		missing := mustPlan(t, b, w)
		want := []string{
			"queue p.classic.XQ", "queue p.classic", "queue p.dropping.XQ", "queue p.dropping",
			"queue p.limited.XQ", "queue p.limited.RQ", "queue p.limited", "queue p.plain.XQ", "queue p.plain",
			"exchange p.actor.delay.v1.lost", "queue p.actor.delay.v1.lost", "exchange p.actor.delay.v1.out",
			"queue p.actor.delay.v1.00", "exchange p.actor.delay.v1.00",
			"queue p.actor.delay.v1.01", "exchange p.actor.delay.v1.01",
			"queue p.actor.delay.v1.02", "exchange p.actor.delay.v1.02",
		}
		equal(t, "plan", r.lines(missing), prefixed("missing ", want))
		if missing.Settled() || missing.Same != 0 {
			t.Errorf("got settled %t, %d the same, want false, 0", missing.Settled(), missing.Same)
		}
		r.mustBe(nil)

		applied := mustApply(t, b, w)
		created := slices.DeleteFunc(r.lines(applied), func(l string) bool { return strings.HasPrefix(l, "created binding ") })
		equal(t, "apply", created, prefixed("created ", want))
		again := mustApply(t, b, w)
		equal(t, "apply again", r.lines(again), nil)
		after := mustPlan(t, b, w)
		equal(t, "plan after apply", r.lines(after), nil)
		bindings := 4 + 1 + 4*3
		if b.API == nil {
			if after.Same != len(want) || after.Unverified[Binding] != bindings {
				t.Errorf("got %d the same, %d bindings unverified, want %d, %d", after.Same, after.Unverified[Binding], len(want), bindings)
			}
		} else if after.Same != len(want)+bindings || len(after.Unverified) != 0 {
			t.Errorf("got %d the same, unverified %v, want %d, none", after.Same, after.Unverified, len(want)+bindings)
		}
		r.mustBe(byClient(t).contents())
	})
}

func prefixed(prefix string, list []string) (result []string) {
	for _, s := range list {
		result = append(result, prefix+s)
	}
	return result
}

var quiet = slog.New(slog.DiscardHandler)

func sendTo(t *testing.T, transport *amqp.Transport, q actor.Queue, prefix string, delay time.Duration) error {
	errs := transport.Publish(t.Context(), []actor.Envelope{{
		ID: fmt.Sprint(q.Name, delay), Actor: "test.Task", Queue: &q, Prefix: prefix, Delay: delay, Priority: actor.NoPriority,
		Confirm: true, Mandatory: true, Persistent: true, Timeout: patience,
	}})
	if errs == nil {
		return nil
	}
	return errs[0]
}

// byClient has a client declare everything under another prefix.
func byClient(t *testing.T) *rig {
	t.Helper()
	r := besides(t)
	w := r.want()
	transport, err := amqp.Dial(t.Context(), amqp.Config{URL: r.url, MaxDelay: w.MaxDelay, Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	defer transport.Close()
	for _, q := range w.Queues {
		if err := sendTo(t, transport, q, w.Prefix, layout.Step); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// Definitions make what apply does, and nothing else.
func TestExport(t *testing.T) {
	r := newRig(t)
	w := r.want()
	d, err := Export(w, "/")
	if err != nil {
		t.Fatal(err)
	}
	r.request(http.MethodPost, d, "definitions")
	equal(t, "plan after import", r.lines(mustPlan(t, r.over(true), w)), nil)
	equal(t, "plan over AMQP after import", r.lines(mustPlan(t, r.over(false), w)), nil)
	imported := r.contents()
	mustApply(t, r.over(false), w)
	r.mustBe(imported)
	if text, err := json.Marshal(d); err != nil || strings.Contains(string(text), "null") {
		t.Errorf("got definitions %s, %v, want no null", text, err)
	}
}

// declaration declares something under a prefix, which it calls "p.".
type declaration func(ch *broker.Channel, prefix string) error

func under(prefix, name string) string {
	if rest, ok := strings.CutPrefix(name, "p."); ok {
		return prefix + rest
	}
	return name
}

func tableUnder(prefix string, args broker.Table) broker.Table {
	result := broker.Table{}
	for key, v := range args {
		if text, ok := v.(string); ok {
			v = under(prefix, text)
		}
		result[key] = v
	}
	return result
}

// What exists and differs is reported with every difference, and stays.
func TestDifferences(t *testing.T) {
	type args = broker.Table
	queue := func(name string, durable, autoDelete bool, a args) declaration {
		return func(ch *broker.Channel, p string) error {
			_, err := ch.QueueDeclare(under(p, name), durable, autoDelete, false, false, tableUnder(p, a))
			return err
		}
	}
	exchange := func(name, kind string, durable, autoDelete, internal bool, a args) declaration {
		return func(ch *broker.Channel, p string) error {
			return ch.ExchangeDeclare(under(p, name), kind, durable, autoDelete, internal, false, tableUnder(p, a))
		}
	}
	plain := func(changes ...any) args {
		a := layout.Main(&actor.Queue{Name: "p.plain"}).Args
		for i := 0; i < len(changes); i += 2 {
			if delete(a, changes[i].(string)); changes[i+1] != nil {
				a[changes[i].(string)] = changes[i+1]
			}
		}
		return a
	}
	level := func(changes ...any) args {
		a := layout.Ladder("p.", 2)[6].(layout.Queue).Args
		for i := 0; i < len(changes); i += 2 {
			a[changes[i].(string)] = changes[i+1]
		}
		return a
	}
	deadOf := func(q string) args {
		return args{"x-dead-letter-exchange": "", "x-dead-letter-routing-key": q + ".XQ", "x-overflow": "reject-publish"}
	}
	with := func(a args, key string, v any) args { a[key] = v; return a }
	for name, c := range map[string]struct {
		declare []declaration
		want    []string
	}{
		"one of each": {
			[]declaration{
				queue("p.plain", true, false, plain("x-delivery-limit", int64(5))),
				queue("p.classic", false, true, with(with(deadOf("p.classic"), "x-max-priority", int64(8)), "x-queue-type", "classic")),
				queue("p.limited.XQ", true, false, args{"x-queue-type": "quorum", "x-delivery-limit": int64(1<<31 - 1)}),
				queue("p.actor.delay.v1.lost", true, false, args{"x-queue-type": "quorum", "x-delivery-limit": int64(1<<31 - 1), "x-max-length": int64(3)}),
				queue("p.actor.delay.v1.01", true, false, level("x-message-ttl", int64(400), "x-dead-letter-strategy", "at-most-once")),
				exchange("p.actor.delay.v1.out", "direct", true, false, false, nil),
			},
			[]string{
				"exchange p.actor.delay.v1.out alternate-exchange: none, not p.actor.delay.v1.lost !",
				"queue p.actor.delay.v1.01 x-dead-letter-strategy: at-most-once, not at-least-once !",
				"queue p.actor.delay.v1.01 x-message-ttl: 400, not 500 !",
				"queue p.actor.delay.v1.lost x-max-length: 3, not none !",
				"queue p.classic auto_delete: true, not false !",
				"queue p.classic durable: false, not true !",
				"queue p.classic x-max-priority: 8, not 9",
				"queue p.limited.XQ x-message-ttl: none, not 3600000",
				"queue p.plain x-delivery-limit: 5, not 20",
			},
		},
		"arguments and kinds": {
			[]declaration{
				queue("p.plain", true, false, plain("x-delivery-limit", nil)),
				queue("p.classic", true, false, with(deadOf("p.classic"), "x-queue-type", "quorum")),
				exchange("p.actor.delay.v1.01", "topic", true, false, false, nil),
				exchange("p.actor.delay.v1.out", "direct", true, false, false, args{"alternate-exchange": "p.lost"}),
			},
			[]string{
				"exchange p.actor.delay.v1.01 type: topic, not headers !",
				"exchange p.actor.delay.v1.out alternate-exchange: p.lost, not p.actor.delay.v1.lost !",
				"queue p.classic x-queue-type: quorum, not classic !",
				"queue p.plain x-delivery-limit: none, not 20",
			},
		},
		"everything": {
			[]declaration{
				queue("p.plain", true, false, plain("x-delivery-limit", int64(5), "x-max-length", int64(9), "x-overflow", "drop-head",
					"x-dead-letter-routing-key", "7", "x-dead-letter-exchange", "5", "x-dead-letter-strategy", nil, "x-single-active-consumer", true,
					"x-expires", int64(3600000), "x-quorum-initial-group-size", int64(1))),
				exchange("p.actor.delay.v1.01", "direct", false, true, true, args{"alternate-exchange": "x"}),
			},
			[]string{
				"exchange p.actor.delay.v1.01 alternate-exchange: x, not none !",
				"exchange p.actor.delay.v1.01 auto_delete: true, not false !",
				"exchange p.actor.delay.v1.01 durable: false, not true !",
				"exchange p.actor.delay.v1.01 internal: true, not false !",
				"exchange p.actor.delay.v1.01 type: direct, not headers !",
				"queue p.plain x-dead-letter-exchange: 5, not  !",
				"queue p.plain x-dead-letter-routing-key: 7, not p.plain.XQ !",
				"queue p.plain x-dead-letter-strategy: none, not at-least-once",
				"queue p.plain x-delivery-limit: 5, not 20",
				"queue p.plain x-expires: 3600000, not none !",
				"queue p.plain x-max-length: 9, not none",
				"queue p.plain x-overflow: drop-head, not reject-publish",
				"queue p.plain x-quorum-initial-group-size: 1, not none",
				"queue p.plain x-single-active-consumer: true, not none",
			},
		},
		"classic": {
			[]declaration{queue("p.plain", true, false, deadOf("p.plain"))},
			[]string{"queue p.plain x-queue-type: classic, not quorum !"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			eachView(t, func(t *testing.T, r *rig, b *Broker) {
				w := r.want()
				for _, declare := range c.declare {
					r.do(func(ch *broker.Channel) error { return declare(ch, r.prefix) })
				}
				before := r.contents()
				planned := r.lines(mustPlan(t, b, w), Different)
				slices.Sort(planned)
				equal(t, "plan", planned, prefixed("differs ", c.want))
				r.mustBe(before)
				applied := mustApply(t, b, w)
				still := r.lines(applied, Different)
				slices.Sort(still)
				equal(t, "apply", still, prefixed("differs ", c.want))
				if applied.Settled() {
					t.Error("got settled with differences")
				}
				after := r.contents()
				for _, line := range before {
					if !slices.Contains(after, line) {
						t.Errorf("apply changed %s", line)
					}
				}
			})
		})
	}
}
