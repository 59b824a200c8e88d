package topology

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	broker "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
	"github.com/actorgen/actorgen/runtime/amqp/management"
)

func TestApplyAtSeveralPlaces(t *testing.T) {
	r := newRig(t)
	var places sync.WaitGroup
	for i := range 4 {
		b := r.over(i%2 == 0)
		places.Go(func() {
			if report, err := Apply(t.Context(), b, r.want()); err != nil || !report.Settled() {
				t.Errorf("apply: got %+v, %v", report, err)
			}
		})
	}
	places.Wait()
	r.mustBe(byClient(t).contents())
}

// Comparing creates nothing, even what has just been deleted.
func TestComparisonsCreateNothing(t *testing.T) {
	r := newRig(t)
	w := r.want()
	queues, delays := w.elements()
	for _, e := range slices.Concat(queues, delays) {
		c := compare(e)
		if c == nil {
			continue
		}
		err := r.try(c.differs)
		if _, differs := difference(err); code(err) != broker.PreconditionFailed || differs {
			t.Errorf("compare %v: got %v, want it refused for its argument", e, err)
		}
	}
	r.mustBe(nil)
}

// missing returns the lines of what apply creates that r does not have, and
// checks that r has nothing else.
func (r *rig) lacks(than []string) (missing []string) {
	r.Helper()
	got := r.contents()
	for _, line := range got {
		if !slices.Contains(than, line) {
			r.Errorf("got %s, want it not to exist", line)
		}
	}
	return slices.DeleteFunc(slices.Clone(than), func(line string) bool { return slices.Contains(got, line) })
}

// mustLackLevels checks that what is missing are all of the levels from one on.
func (r *rig) mustLackLevels(than []string, from int) {
	r.Helper()
	var want []string
	for _, line := range than {
		for n := from; n < 3; n++ {
			if strings.Contains(line, fmt.Sprintf(`","%s"`, layout.Level("p.", n))) {
				want = append(want, line)
				break
			}
		}
	}
	equal(r.T, "missing", r.lacks(than), want)
}

// On a level that differs none is built, and every other one is complete.
func TestApplyStopsAtADifferentLevel(t *testing.T) {
	whole := byClient(t)
	eachView(t, func(t *testing.T, r *rig, b *Broker) {
		name := layout.Level(r.prefix, 1)
		r.do(func(ch *broker.Channel) error {
			_, err := ch.QueueDeclare(name, true, false, false, false, broker.Table{"x-queue-type": "quorum"})
			return err
		})
		report := mustApply(t, b, r.want())
		got := r.lines(report, Missing)
		equal(t, "not created", got, []string{
			"missing exchange p.actor.delay.v1.01",
			"missing queue p.actor.delay.v1.02", "missing exchange p.actor.delay.v1.02"})
		for _, f := range report.Findings {
			if want := fmt.Sprintf("not created, because %q differs", name); f.State == Missing && f.Text != want {
				t.Errorf("%s: got %q, want %q", f.Name, f.Text, want)
			}
		}
		r.do(func(ch *broker.Channel) error { _, err := ch.QueueDelete(name, false, false, false); return err })
		r.mustLackLevels(whole.contents(), 1)
		if report := mustApply(t, r.over(false), r.want()); !report.Settled() {
			t.Errorf("apply after the deletion: got %+v", report.Findings)
		}
		r.mustBe(whole.contents())
	})
}

// An apply that fails half-way leaves whole levels, and goes on the next time.
func TestApplyWithoutPermission(t *testing.T) {
	r := newRig(t)
	user := strings.TrimSuffix(r.prefix, ".")
	r.put(map[string]string{"password": "secret", "tags": ""}, "users", user)
	t.Cleanup(func() { r.request(http.MethodDelete, nil, "users", user) })
	r.put(map[string]string{"configure": "^" + r.prefix + ".*[^2]$", "write": ".*", "read": ".*"}, "permissions", "/", user)
	conn, err := amqp.Connect(t.Context(), amqp.Config{URL: strings.Replace(r.url, "guest:guest", user+":secret", 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	report, err := Apply(t.Context(), &Broker{Conn: conn, VHost: "/"}, r.want())
	if code(err) != broker.AccessRefused || !strings.Contains(err.Error(), layout.Level(r.prefix, 2)) {
		t.Errorf("got %v, want the queue named that may not be configured", err)
	}
	if n := report.Count(Created); n != 16 { // 9 of the queues, 3 for the end of delays, 2 levels
		t.Errorf("got %d created, want 16", n)
	}
	whole := byClient(t).contents()
	r.mustLackLevels(whole, 2)
	mustApply(t, r.over(false), r.want())
	r.mustBe(whole)
}

func TestMissingBindings(t *testing.T) {
	r := newRig(t)
	w := r.want()
	mustApply(t, r.over(false), w)
	whole := r.contents()
	r.do(func(ch *broker.Channel) error {
		if err := ch.QueueUnbind(r.prefix+"plain", r.prefix+"plain", layout.Out(r.prefix), nil); err != nil {
			return err
		}
		// A binding to the same exchange with another header is not the one.
		below, level := layout.Level(r.prefix, 0), layout.Level(r.prefix, 1)
		if err := ch.ExchangeUnbind(below, "", level, false, broker.Table{"x-match": "all", "actor-d00": int64(1)}); err != nil {
			return err
		}
		return ch.ExchangeBind(below, "", level, false, broker.Table{"x-match": "all", "actor-d00": int64(5)})
	})
	report := mustPlan(t, r.over(true), w)
	equal(t, "plan", r.lines(report), []string{
		"missing binding p.actor.delay.v1.out → p.plain", "missing binding p.actor.delay.v1.01 → p.actor.delay.v1.00 where actor-d00 is 1"})
	if report := mustPlan(t, r.over(false), w); !report.Settled() || report.Unverified[Binding] == 0 {
		t.Errorf("plan over AMQP: got %+v, want bindings unverified", report)
	}
	mustApply(t, r.over(false), w)
	if missing := slices.DeleteFunc(whole, func(line string) bool { return slices.Contains(r.contents(), line) }); len(missing) > 0 {
		t.Errorf("after apply: got no %q", missing)
	}
}

// Others are told of a queue that belongs to a connection, and no more.
func TestExclusiveQueue(t *testing.T) {
	r := newRig(t)
	conn, err := broker.Dial(r.url)
	if err != nil {
		t.Fatal("no connection")
	}
	defer conn.Close()
	ch, err := conn.Channel()
	if err == nil {
		_, err = ch.QueueDeclare(r.prefix+"q", false, false, true, false, broker.Table{"x-queue-type": "classic"})
	}
	if err != nil {
		t.Fatal(err)
	}
	w := Want{Queues: []actor.Queue{{Name: r.prefix + "q", Type: actor.Classic}}, Prefix: r.prefix, MaxDelay: time.Millisecond}
	equal(t, "plan", r.lines(mustPlan(t, r.over(false), w), Different), []string{"differs queue p.q exclusive: true, not false !"})
	if got := r.lines(mustPlan(t, r.over(true), w), Different); !slices.Contains(got, "differs queue p.q exclusive: true, not false !") {
		t.Errorf("plan with the API: got %q", got)
	}
}

// Policies that harm queues are shown, whether these exist or not.
func TestPolicies(t *testing.T) {
	r := newRig(t)
	w := r.want()
	name := strings.TrimSuffix(r.prefix, ".")
	policy := func(kind, suffix, pattern, to string, priority int, definition map[string]any) {
		r.Helper()
		r.put(map[string]any{"pattern": pattern, "apply-to": to, "priority": priority, "definition": definition}, kind, "/", name+suffix)
		t.Cleanup(func() { r.request(http.MethodDelete, nil, kind, "/", name+suffix) })
	}
	all := "^" + strings.ReplaceAll(r.prefix, ".", `\.`)
	policy("policies", "-overruled", all, "all", 0, map[string]any{"expires": 1000})
	policy("policies", "-ttl", all, "queues", 1, map[string]any{"message-ttl": 60000})
	policy("policies", "-exchanges", all, "exchanges", 3, map[string]any{"alternate-exchange": "x"})
	policy("policies", "-plain", all+"plain$", "queues", 2, map[string]any{"max-length": 5, "overflow": "reject-publish"})
	policy("policies", "-limited", all+"limited$", "queues", 2, map[string]any{"max-length": 5, "overflow": "drop-head", "delivery-limit": 3})
	policy("policies", "-dropping", all+"dropping$", "queues", 2, map[string]any{"overflow": "drop-head"})
	policy("operator-policies", "-operator", all+"limited.RQ", "queues", 0, map[string]any{"max-length-bytes": 100})
	want := []string{
		"differs policy NAME-operator max-length-bytes: 100, not none !",
		"differs policy NAME-limited overflow: drop-head, not none !",
		"differs policy NAME-plain max-length: 5, not none !",
		"differs policy NAME-ttl message-ttl: 60000, not none !",
	}
	found := func() []string {
		report := mustPlan(t, r.over(true), w)
		for _, f := range report.Findings {
			if f.Name == name+"-ttl" && !strings.Contains(f.Text, "4 queues, such as") { // three levels and lost
				t.Errorf("got %q, want four queues", f.Text)
			}
		}
		var lines []string
		for _, line := range r.lines(report, Different) {
			lines = append(lines, strings.ReplaceAll(line, name, "NAME"))
		}
		return lines
	}
	equal(t, "plan", found(), want)
	mustApply(t, r.over(false), w)
	equal(t, "plan after apply", found(), want)
}

// A management API of another cluster would answer for queues that are not
// meant.
func TestAnotherAPI(t *testing.T) {
	r := newRig(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"cluster_name": "other"}`) }))
	defer server.Close()
	b := r.over(false)
	var err error
	if b.API, err = management.New(server.URL, "guest", "guest"); err != nil {
		t.Fatal(err)
	}
	for what, do := range map[string]func() error{
		"plan":   func() error { _, err := Plan(t.Context(), b, r.want()); return err },
		"apply":  func() error { _, err := Apply(t.Context(), b, r.want()); return err },
		"shrink": func() error { _, err := Shrink(t.Context(), b, r.want()); return err },
	} {
		if err := do(); err == nil || !strings.Contains(err.Error(), `"other"`) {
			t.Errorf("%s: got %v, want the other cluster named", what, err)
		}
	}
	r.mustBe(nil)
}

// On a broker made from definitions alone, tasks are sent and taken by clients
// that declare nothing.
func TestClientsThatDeclareNothing(t *testing.T) {
	r := newRig(t)
	w := r.want()
	d, err := Export(w, "/")
	if err != nil {
		t.Fatal(err)
	}
	r.request(http.MethodPost, d, "definitions")
	before := r.contents()
	for _, mode := range []amqp.Declare{amqp.DeclareNever, amqp.DeclareCheck} {
		transport, err := amqp.Dial(t.Context(), amqp.Config{URL: r.url, Declare: mode, MaxDelay: w.MaxDelay, Logger: quiet})
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range w.Queues {
			for _, delay := range []time.Duration{0, time.Second} {
				if err := sendTo(t, transport, q, w.Prefix, delay); err != nil {
					t.Errorf("%s, queue %q, delay %s: %v", mode, q.Name, delay, err)
				}
			}
			if q.HasRetryQueue() {
				mustTake(t, transport, actor.Subscription{Queue: &q, Prefix: w.Prefix, Prefetch: 1})
				mustTake(t, transport, actor.Subscription{Queue: &q, Prefix: w.Prefix, Prefetch: 1, Retries: true})
			} else {
				mustTake(t, transport, actor.Subscription{Queue: &q, Prefix: w.Prefix, Prefetch: 2})
			}
		}
		if err := transport.Close(); err != nil {
			t.Error(err)
		}
	}
	r.mustBe(before)
}

// mustTake takes as many messages as the prefetch.
func mustTake(t *testing.T, transport *amqp.Transport, s actor.Subscription) {
	t.Helper()
	consumer, err := transport.Consume(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for range s.Prefetch {
		d, err := consumer.Receive(t.Context())
		if err == nil {
			err = d.Settlement.Ack(true)
		}
		if err != nil {
			t.Fatalf("queue %q: %v", s.Source(), err)
		}
	}
	if err := consumer.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
