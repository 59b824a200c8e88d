package topology

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	broker "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/amqp/management"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// patience bounds what a loaded machine may need.
const patience = time.Minute

// shared is a node with the management API, for all tests.
var shared struct {
	sync.Once
	node *rabbittest.Node
	err  error
}

// beside is how many tests run beside each other unless the flag -parallel says
// so: they wait for the broker.
const beside = "8"

func TestMain(m *testing.M) {
	flag.Parse()
	if parallel := flag.Lookup("test.parallel"); parallel.Value.String() == parallel.DefValue {
		_ = parallel.Value.Set(beside)
	}
	code := m.Run()
	if shared.node != nil {
		if err := shared.node.Cleanup(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	os.Exit(code)
}

func node(t *testing.T) *rabbittest.Node {
	t.Helper()
	shared.Do(func() {
		// The management API's numbers are half a second old instead of five.
		shared.node, shared.err = rabbittest.Start(context.Background(), rabbittest.Options{
			Management: true, Config: "collect_statistics_interval = 500"})
		if shared.err == nil {
			_, shared.err = shared.node.Ctl(context.Background(), "eval", "application:set_env(rabbit, quorum_tick_interval, 500).")
		}
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.node
}

// rig is a prefix of a test's own in the node's virtual host "/". What is shown
// of it begins with "p." in its place.
type rig struct {
	*testing.T
	prefix string
	url    string
	api    *management.Client
}

func newRig(t *testing.T) *rig {
	t.Helper()
	t.Parallel()
	return besides(t)
}

// besides is one more rig of a test.
func besides(t *testing.T) *rig {
	t.Helper()
	n := node(t)
	api, err := management.New(n.ManagementURL(), "guest", "guest")
	if err != nil {
		t.Fatal(err)
	}
	return &rig{T: t, prefix: rabbittest.Prefix(t), url: n.URL(), api: api}
}

// want is every kind of queue, and three levels.
func (r *rig) want() Want {
	return Want{
		Queues: []actor.Queue{
			{Name: r.prefix + "plain"},
			{Name: r.prefix + "limited", MaxLength: 10, DeliveryLimit: 7, DeadLetterTTL: time.Hour},
			{Name: r.prefix + "dropping", MaxLength: 10, Overflow: actor.DropHead},
			{Name: r.prefix + "classic", Type: actor.Classic, MaxPriority: 9},
		},
		Prefix: r.prefix, MaxDelay: time.Second,
	}
}

// request asks the API to do something.
func (r *rig) request(method string, body any, path ...string) {
	r.Helper()
	address := node(r.T).ManagementURL() + "/api"
	for _, part := range path {
		address += "/" + url.PathEscape(part)
	}
	text, err := json.Marshal(body)
	if err != nil {
		r.Fatal(err)
	}
	request, err := http.NewRequest(method, address, bytes.NewReader(text))
	if err != nil {
		r.Fatal(err)
	}
	request.SetBasicAuth("guest", "guest")
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		r.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode >= 300 {
		r.Fatalf("%s %s: got %s", method, address, response.Status)
	}
}

func (r *rig) put(body any, path ...string) { r.Helper(); r.request(http.MethodPut, body, path...) }

// over is the broker as a plan sees it: over AMQP alone, or with the API.
func (r *rig) over(api bool) *Broker {
	r.Helper()
	conn, err := amqp.Connect(r.Context(), amqp.Config{URL: r.url})
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { conn.Close() })
	b := &Broker{Conn: conn, VHost: "/"}
	if api {
		b.API = r.api
	}
	return b
}

// eachView runs a test over AMQP alone and with the API.
func eachView(t *testing.T, test func(t *testing.T, r *rig, b *Broker)) {
	for name, api := range map[string]bool{"AMQP": false, "API": true} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			test(t, r, r.over(api))
		})
	}
}

// do is on a channel beside.
func (r *rig) do(fn func(ch *broker.Channel) error) {
	r.Helper()
	if err := r.try(fn); err != nil {
		r.Fatal(err)
	}
}

func (r *rig) try(fn func(ch *broker.Channel) error) error {
	r.Helper()
	conn, err := broker.Dial(r.url)
	if err != nil {
		r.Fatal("no connection")
	}
	defer conn.Close()
	ch, err := conn.Channel()
	if err != nil {
		r.Fatal(err)
	}
	return fn(ch)
}

// contents lists everything that there is under the prefix.
func (r *rig) contents() []string {
	r.Helper()
	queues, err1 := r.api.Queues(r.Context(), "/")
	exchanges, err2 := r.api.Exchanges(r.Context(), "/")
	bindings, err3 := r.api.Bindings(r.Context(), "/")
	if err := errors.Join(err1, err2, err3); err != nil {
		r.Fatal(err)
	}
	var lines []string
	add := func(v ...any) {
		text, err := json.Marshal(v)
		if err != nil {
			r.Fatal(err)
		}
		if strings.Contains(string(text), r.prefix) {
			lines = append(lines, strings.ReplaceAll(string(text), r.prefix, "p."))
		}
	}
	for _, q := range queues {
		add("queue", q.Name, q.Durable, q.AutoDelete, q.Arguments)
	}
	for _, e := range exchanges {
		add("exchange", e.Name, e.Type, e.Durable, e.AutoDelete, e.Internal, e.Arguments)
	}
	for _, b := range bindings {
		if b.Source != "" {
			add("binding", b.Source, b.Destination, b.DestinationType, b.RoutingKey, b.Arguments)
		}
	}
	slices.Sort(lines)
	return lines
}

// mustBe compares what there is.
func (r *rig) mustBe(want []string) {
	r.Helper()
	got := r.contents()
	for _, line := range got {
		if !slices.Contains(want, line) {
			r.Errorf("got %s, want it not to exist", line)
		}
	}
	for _, line := range want {
		if !slices.Contains(got, line) {
			r.Errorf("got no %s", line)
		}
	}
}

// lines shows findings in short.
func (r *rig) lines(report *Report, states ...State) (result []string) {
	for _, f := range report.Findings {
		if len(states) > 0 && !slices.Contains(states, f.State) {
			continue
		}
		line := fmt.Sprint(f.State, " ", f.Object, " ", f.Name)
		if f.Argument != "" {
			line += fmt.Sprintf(" %s: %s, not %s", f.Argument, f.Found, f.Wanted)
		}
		if f.Breaks {
			line += " !"
		}
		result = append(result, strings.ReplaceAll(line, r.prefix, "p."))
	}
	return result
}

func equal(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got\n  %s\nwant\n  %s", what, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}
