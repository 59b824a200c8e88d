package topology

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	broker "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
)

// small is a queue of each kind that permissions tell apart, and one level.
func (r *rig) small() Want {
	return Want{
		Queues: []actor.Queue{{Name: r.prefix + "simple"}, {Name: r.prefix + "limited", MaxLength: 10}},
		Prefix: r.prefix, MaxDelay: layout.Step,
	}
}

const simple, limited = 0, 1 // of the queues

// user is one who may do some things only.
type user struct {
	*rig
	w         Want
	transport *amqp.Transport
	conn      *amqp.Connection
	logged    journal
	// admin may do everything, but declares nothing.
	admin *amqp.Transport
}

// journal is a log.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(b)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func (r *rig) user(p Permission, declare amqp.Declare) *user {
	r.Helper()
	name := rand.Text()[:12]
	r.put(map[string]string{"password": "password", "tags": ""}, "users", name)
	r.Cleanup(func() { r.request(http.MethodDelete, nil, "users", name) })
	r.put(p, "permissions", "/", name)
	url := strings.Replace(r.url, "guest:guest", name+":password", 1)
	u := &user{rig: r, w: r.small()}
	u.transport = r.dial(amqp.Config{URL: url, Declare: declare, Logger: slog.New(slog.NewTextHandler(&u.logged, nil))})
	u.admin = r.dial(amqp.Config{URL: r.url, Declare: amqp.DeclareNever, Logger: quiet})
	conn, err := amqp.Connect(r.Context(), amqp.Config{URL: url})
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { conn.Close() })
	u.conn = conn
	return u
}

func (r *rig) dial(c amqp.Config) *amqp.Transport {
	r.Helper()
	c.MaxDelay = r.small().MaxDelay
	transport, err := amqp.Dial(r.Context(), c)
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { transport.Close() })
	return transport
}

// sweep deletes everything under the prefix.
func (r *rig) sweep() {
	r.Helper()
	queues, err1 := r.api.Queues(r.Context(), "/")
	exchanges, err2 := r.api.Exchanges(r.Context(), "/")
	if err := errors.Join(err1, err2); err != nil {
		r.Fatal(err)
	}
	for _, q := range queues {
		if strings.HasPrefix(q.Name, r.prefix) {
			r.request(http.MethodDelete, nil, "queues", "/", q.Name)
		}
	}
	for _, e := range exchanges {
		if strings.HasPrefix(e.Name, r.prefix) {
			r.request(http.MethodDelete, nil, "exchanges", "/", e.Name)
		}
	}
}

// step is something that a user does.
type step struct {
	name string
	do   func(u *user) error
}

var (
	sending = []step{send(simple), send(limited), delay(simple), delay(limited), call}
	working = []step{
		take(simple, tasks), take(limited, tasks), take(limited, retries), retry(simple), retry(limited),
		bury(simple), bury(limited), answer, send(simple), delay(simple),
	}
	operating = []step{counting, take(simple, dead), take(limited, dead), purge(simple), purge(limited), requeue(simple), requeue(limited), lost}
	deploying = []step{plan, apply, shorten}
)

// kind is which of the queues of an actor is meant.
type kind int

const (
	tasks kind = iota
	retries
	dead
)

func (u *user) envelope(queue int) actor.Envelope {
	return actor.Envelope{
		ID: rand.Text(), Actor: "test.Run", Body: []byte{0x80}, Queue: &u.w.Queues[queue], Prefix: u.w.Prefix,
		Priority: actor.NoPriority, Confirm: true, Mandatory: true, Persistent: true, Timeout: 20 * time.Second,
	}
}

// publishing is a step that publishes what change makes of a message.
func publishing(name string, queue int, change func(e *actor.Envelope)) step {
	return step{fmt.Sprint(name, " ", queue), func(u *user) error {
		e := u.envelope(queue)
		change(&e)
		return errors.Join(u.transport.Publish(u.Context(), []actor.Envelope{e})...)
	}}
}

func send(queue int) step { return publishing("send to", queue, func(*actor.Envelope) {}) }

func delay(queue int) step {
	return publishing("delay to", queue, func(e *actor.Envelope) { e.Delay = layout.Step })
}

func retry(queue int) step {
	return publishing("retry in", queue, func(e *actor.Envelope) { e.Delay, e.Attempt = layout.Step, 1 })
}

func requeue(queue int) step {
	return publishing("requeue to", queue, func(e *actor.Envelope) { e.FirstSent = time.Now() })
}

func bury(queue int) step {
	return publishing("dead-letter from", queue, func(e *actor.Envelope) { e.DeadLetter, e.Failure = true, "boom" })
}

// take receives a message that is put there.
func take(queue int, from kind) step {
	return step{fmt.Sprint("take from ", queue, " ", from), func(u *user) error {
		ctx, cancel := context.WithTimeout(u.Context(), 20*time.Second)
		defer cancel()
		c, err := u.transport.Consume(ctx, u.subscription(queue, from))
		if err != nil {
			return err
		}
		defer c.Close(u.Context())
		e := u.envelope(queue)
		e.DeadLetter = from == dead
		if from == retries {
			e.Attempt = 1
		}
		if err := errors.Join(u.admin.Publish(u.Context(), []actor.Envelope{e})...); err != nil {
			return err
		}
		d, err := c.Receive(ctx)
		if err != nil {
			return err
		}
		return d.Settlement.Ack(true)
	}}
}

func (u *user) subscription(queue int, from kind) actor.Subscription {
	return actor.Subscription{
		Queue: &u.w.Queues[queue], Retries: from == retries, DeadLetter: from == dead, Prefix: u.w.Prefix, Prefetch: 1}
}

// call calls a task that somebody answers.
var call = step{"call", func(u *user) error { return u.conversation(u.transport, u.admin) }}

var answer = step{"answer", func(u *user) error { return u.conversation(u.admin, u.transport) }}

// conversation is a call and its reply.
func (u *user) conversation(caller, worker *amqp.Transport) error {
	ctx, cancel := context.WithTimeout(u.Context(), 20*time.Second)
	defer cancel()
	c, err := worker.Consume(ctx, u.subscription(simple, tasks))
	if err != nil {
		return err
	}
	defer c.Close(u.Context())
	answered := make(chan error, 1)
	go func() {
		err := answerOne(ctx, worker, c)
		if err != nil {
			cancel()
		}
		answered <- err
	}()
	e := u.envelope(simple)
	if _, err = caller.Call(ctx, &e); err != nil {
		cancel()
	}
	return errors.Join(err, <-answered)
}

// answerOne answers the first call that comes, and drops what comes before.
func answerOne(ctx context.Context, worker *amqp.Transport, c actor.Consumer) error {
	for {
		d, err := c.Receive(ctx)
		if err != nil {
			return err
		}
		if d.ReplyTo != "" {
			if err := worker.Reply(ctx, d.ReplyTo, &actor.Reply{ID: d.ID, Actor: d.Actor, Body: []byte{0xc0}}); err != nil {
				return err
			}
		}
		if err := d.Settlement.Ack(false); err != nil || d.ReplyTo != "" {
			return err
		}
	}
}

// asking is a step on a channel.
func asking(name string, ask func(u *user, ch *broker.Channel) error) step {
	return step{name, func(u *user) error {
		return u.conn.Ask(u.Context(), func(ch *broker.Channel) error { return ask(u, ch) })
	}}
}

var counting = asking("count", func(u *user, ch *broker.Channel) error {
	for _, name := range []string{u.w.Queues[simple].Name, u.w.Queues[limited].RetryName(), layout.Level(u.prefix, 0)} {
		if _, err := ch.QueueDeclarePassive(name, true, false, false, false, nil); err != nil {
			return err
		}
	}
	return nil
})

func purge(queue int) step {
	return asking("purge the dead letters", func(u *user, ch *broker.Channel) error {
		_, err := ch.QueuePurge(u.w.Queues[queue].DeadLetterName(), false)
		return err
	})
}

var lost = asking("read what is lost", func(u *user, ch *broker.Channel) error {
	_, _, err := ch.Get(layout.Lost(u.prefix), false)
	return err
})

var create = asking("create a queue", func(u *user, ch *broker.Channel) error {
	return layout.Queue{Name: u.prefix + "more", Args: layout.DeadLetter(&u.w.Queues[simple]).Args}.Declare(ch, true)
})

var remove = asking("delete a queue", func(u *user, ch *broker.Channel) error {
	_, err := ch.QueueDelete(u.w.Queues[simple].Name, false, false, false)
	return err
})

func (u *user) broker() *Broker { return &Broker{Conn: u.conn, VHost: "/"} }

var plan = step{"plan", func(u *user) error { _, err := Plan(u.Context(), u.broker(), u.w); return err }}

var apply = step{"apply", func(u *user) error { _, err := Apply(u.Context(), u.broker(), u.w); return err }}

var shorten = step{"remove levels", func(u *user) error {
	_, err := shrink(u.Context(), u.broker(), u.w.lowered(0), quick)
	return err
}}
