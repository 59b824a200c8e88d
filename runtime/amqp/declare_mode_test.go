package amqp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// modal is a transport in one mode, with what it logs by the name of the queue.
type modal struct {
	*Transport
	said   *records
	prefix string
}

func open(t *testing.T, broker string, mode Declare, prefix string) *modal {
	said := recordsBy("name")
	return &modal{
		Transport: dialTest(t, Config{URL: broker, Declare: mode, MaxDelay: time.Second, Logger: slog.New(said)}),
		said:      said, prefix: prefix,
	}
}

// kinds are the ways to send, which need different things on the broker.
func (m *modal) kinds(q *actor.Queue, id string) []actor.Envelope {
	plain, delayed, unconfirmed := testEnvelope(q, id+"plain"), testEnvelope(q, id+"delayed"), testEnvelope(q, id+"unconfirmed")
	delayed.Prefix, delayed.Delay = m.prefix, layout.Step
	unconfirmed.Confirm = false
	return []actor.Envelope{plain, delayed, unconfirmed}
}

// mustSendAll sends each kind, one by one and as a batch, and checks that the
// queue holds each once.
func (m *modal) mustSendAll(t *testing.T, broker string, q *actor.Queue) {
	t.Helper()
	want := map[string]bool{}
	for i := range 3 {
		batch := m.kinds(q, fmt.Sprint(i))
		for j, err := range m.Publish(context.Background(), batch) {
			if err != nil {
				t.Errorf("message %s: got %v, want nil", batch[j].ID, err)
			}
		}
		for _, e := range m.kinds(q, fmt.Sprint("single", i)) {
			mustSend(t, m.Transport, e)
			batch = append(batch, e)
		}
		for _, e := range batch {
			want[e.ID] = true
		}
	}
	awaitHeld(t, broker, q.Name, len(want))
	holdsExactly(t, broker, q.Name, want)
}

// failAll sends each kind to a queue that does not exist. What the broker would
// not tell is found out by asking.
func (m *modal) failAll(t *testing.T, q *actor.Queue) {
	t.Helper()
	for _, e := range m.kinds(q, "missing") {
		err := send(m.Transport, e)
		failure(t, err, e, actor.ErrUnroutable)
		if asked := e.Delay > 0 || !e.Confirm; asked && !isMissing(err) {
			t.Errorf("message %s: got %v, want the answer that there is no queue", e.ID, err)
		}
	}
}

// declared makes a queue as a transport that may declare does, for delays too.
func declared(t *testing.T, broker string, q *actor.Queue, prefix string) {
	t.Helper()
	transport := dialTest(t, Config{URL: broker, MaxDelay: time.Second})
	e := testEnvelope(q, "declaring")
	e.Prefix, e.Delay = prefix, layout.Step
	mustSend(t, transport, e)
	awaitHeld(t, broker, q.Name, 1)
	holdsExactly(t, broker, q.Name, map[string]bool{"declaring": true})
}

func existsOn(t *testing.T, broker, name string) (found bool) {
	t.Helper()
	onChannel(t, broker, func(ch *amqp.Channel) error {
		_, err := ch.QueueDeclarePassive(name, true, false, false, false, nil)
		found = err == nil
		return nil
	})
	return found
}

func testWriter(t *testing.T, node *rabbittest.Node) {
	via := user(node, "writer")
	q, missing := testQueue(t), testQueue(t)
	prefix := q.Name + "."
	declared(t, node.URL(), q, prefix)
	for _, mode := range []Declare{DeclareCheck, DeclareNever} {
		m := open(t, via, mode, prefix)
		m.mustSendAll(t, node.URL(), q)
		want := 0
		if mode == DeclareCheck {
			want = 1
			m.failAll(t, missing)
		}
		eventually(t, "what could not be verified is said", func() bool { return m.said.of(q.Name) >= want })
		m.mustSendAll(t, node.URL(), q)
		if n := m.said.of(q.Name); n != want {
			t.Errorf("%s: got %d records of queue %q, want %d", mode, n, q.Name, want)
		}
		if existsOn(t, node.URL(), missing.Name) || existsOn(t, node.URL(), missing.DeadLetterName()) {
			t.Errorf("%s: the missing queue was declared", mode)
		}
		// Levels that are missing are found before a channel pays for it.
		e := testEnvelope(q, "no levels")
		e.Prefix, e.Delay = prefix+"other.", layout.Step
		lanes := lanesOf(m.Transport)
		failure(t, send(m.Transport, e), e, actor.ErrUnroutable)
		if mode == DeclareCheck && lanesOf(m.Transport) != lanes {
			t.Error("a missing level closed the channel of the delays")
		}
	}
}

func testChecker(t *testing.T, node *rabbittest.Node) {
	via := user(node, "checker")
	q, missing, other, classic := testQueue(t), testQueue(t), testQueue(t), testQueue(t)
	prefix := q.Name + "."
	for _, queue := range []*actor.Queue{q, other, classic} {
		declared(t, node.URL(), queue, prefix)
	}
	other.DeliveryLimit, other.MaxLength, other.Overflow = 7, 100_000, actor.DropHead
	classic.Type = actor.Classic
	through, reconnecting := proxyTo(t, via)
	m := open(t, reconnecting, DeclareCheck, prefix)
	use := func() {
		for _, queue := range []*actor.Queue{q, other, classic} {
			m.mustSendAll(t, node.URL(), queue)
		}
		m.failAll(t, missing)
	}
	use()
	contradictions := m.said.of(classic.Name)
	if m.said.of(q.Name) != 0 || m.said.of(other.Name) != 4 || contradictions == 0 {
		t.Errorf("got %d records of the right queue, %d of the one with four other arguments, %d of the one of another type; want 0, 4, some",
			m.said.of(q.Name), m.said.of(other.Name), contradictions)
	}
	// The next session asks again, but says nothing new.
	session, _ := m.publishing.state()
	through.Reset()
	eventually(t, "connected again", func() bool { s, _ := m.publishing.state(); return s != nil && s != session })
	use()
	if m.said.of(q.Name) != 0 || m.said.of(other.Name) != 4 || m.said.of(classic.Name) != contradictions {
		t.Error("got what was said before said again")
	}
	if existsOn(t, node.URL(), missing.Name) || existsOn(t, node.URL(), missing.DeadLetterName()) {
		t.Error("the missing queue was declared")
	}
	_, err := m.Consume(t.Context(), actor.Subscription{Queue: classic, Prefix: prefix, Prefetch: 1})
	if conflict := (*QueueConflictError)(nil); !errors.As(err, &conflict) || conflict.Argument != "x-queue-type" {
		t.Errorf("consume from a queue of another type: got %v, want a conflict", err)
	}
	if err := mustConsume(t, m.Transport, other, 1).Close(t.Context()); err != nil { // harmless
		t.Error(err)
	}

	never := open(t, via, DeclareNever, prefix)
	for _, queue := range []*actor.Queue{q, other, classic} {
		never.mustSendAll(t, node.URL(), queue)
	}
	if never.said.of(q.Name)+never.said.of(other.Name)+never.said.of(classic.Name) != 0 {
		t.Error("never: got something said of arguments, want nothing asked")
	}
}

func testNobody(t *testing.T, node *rabbittest.Node) {
	via := user(node, "nobody")
	q, missing := testQueue(t), testQueue(t)
	declared(t, node.URL(), q, q.Name+".")
	m := open(t, via, DeclareCheck, q.Name+".")
	for _, e := range m.kinds(q, "") {
		if err := send(m.Transport, e); e.Confirm {
			refusedBy(t, err, e, amqp.AccessRefused)
		}
	}
	m.failAllMissing(t, missing)
	if existsOn(t, node.URL(), missing.Name) {
		t.Error("the missing queue was declared")
	}
	holdsExactly(t, node.URL(), q.Name, nil)
}

// failAllMissing is failAll for a user who may not even publish: what can be
// known by asking is known all the same.
func (m *modal) failAllMissing(t *testing.T, q *actor.Queue) {
	t.Helper()
	for _, e := range m.kinds(q, "missing")[1:] {
		failure(t, send(m.Transport, e), e, actor.ErrUnroutable)
	}
}

// A transport that is to declare, but may not, works on what exists and says so.
func testForbiddenDeclaration(t *testing.T, node *rabbittest.Node) {
	via := user(node, "sender")
	q, missing := testQueue(t), testQueue(t)
	prefix := q.Name + "."
	declared(t, node.URL(), q, prefix)
	m := open(t, via, DeclareAlways, prefix)
	m.mustSendAll(t, node.URL(), q)
	if n := m.said.of(q.Name); n == 0 {
		t.Error("got nothing said of the forbidden declaration")
	}
	before := m.said.of(q.Name)
	m.mustSendAll(t, node.URL(), q)
	if n := m.said.of(q.Name); n != before {
		t.Errorf("got it said again: %d records after %d", n, before)
	}
	m.failAll(t, missing)
	if existsOn(t, node.URL(), missing.Name) {
		t.Error("the missing queue was declared")
	}
}
