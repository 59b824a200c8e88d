package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"strings"
	"time"

	"github.com/actorgen/actorgen/cmd/actorctl/arguments"
	"github.com/actorgen/actorgen/generator/lockfile"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
)

// sendSettings are the flags of send, with its words.
type sendSettings struct {
	settings
	delay time.Duration
	id    string
	args  string
	actor string
	words []string
}

// send sends one task, through a client as services have it.
func (p process) send(ctx context.Context, args []string) int {
	var s sendSettings
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	s.common(fs)
	fs.Func("max-delay", "", duration(&s.maxDelay))
	fs.BoolVar(&s.json, "json", false, "")
	fs.Func("delay", "", duration(&s.delay))
	fs.Func("id", "", func(v string) error {
		if s.id = v; v == "" { // an unset variable of a script: the task would have a new ID
			return errors.New("want the ID of a message")
		}
		return nil
	})
	fs.StringVar(&s.args, "args", "", "")
	words, err := parseMixed(fs, args, p.getenv, "json", "delay", "id", "args")
	if err != nil {
		return p.usage(err, sendUsage, "send")
	}
	if len(words) == 0 {
		return p.misused("send wants an actor", "send")
	}
	s.actor, s.words = words[0], words[1:]
	lock, err := readLock(s.lock)
	if err != nil {
		return p.failed(err)
	}
	a, stub, message, err := s.message(lock)
	if err != nil {
		return p.misused(err.Error(), "send")
	}
	s.names = []string{a.Broker}
	all, err := sites(&s.settings, lock)
	if err != nil {
		return p.misused(err.Error(), "send")
	}
	if err := s.publish(ctx, all[0], stub, message); err != nil {
		return p.failed(interruptedSend(ctx, err, lockedQueue(lock, a), message.ID))
	}
	return p.sent(&s, all[0], a, message)
}

// message encodes the arguments.
func (s *sendSettings) message(lock *lockfile.File) (*lockfile.Actor, actor.Stub, actor.Message, error) {
	schema := arguments.New(lock)
	a := schema.Actor(s.actor)
	if a == nil {
		return nil, actor.Stub{}, actor.Message{}, unknownActor(lock, s.actor)
	}
	var options []actor.SendOption
	if s.id != "" {
		options = append(options, actor.MessageID(s.id))
	}
	stub := actor.NewStub(&actor.Definition{Name: a.Name, Broker: a.Broker, Queue: lockedQueue(lock, a)}).With(options...)
	object, err := s.object(schema, a)
	if err != nil {
		return nil, stub, actor.Message{}, err
	}
	e := actor.NewEncoder()
	if err := schema.Encode(e, a, object); err != nil {
		return nil, stub, actor.Message{}, err
	}
	message, err := stub.Message(e)
	return a, stub, message, err
}

func unknownActor(lock *lockfile.File, name string) error {
	known := make(map[string]bool)
	for i := range lock.Actors {
		known[lock.Actors[i].Name] = true
	}
	return unknownName("actor", name, known)
}

// object puts the arguments together.
func (s *sendSettings) object(schema *arguments.Schema, a *lockfile.Actor) (json.RawMessage, error) {
	if s.args != "" {
		if len(s.words) > 0 {
			return nil, errors.New("the arguments stand in -args, or one by one")
		}
		return json.RawMessage(s.args), nil
	}
	types := make(map[string]*lockfile.Type)
	for i := range a.Params {
		types[a.Params[i].Name] = a.Params[i].Type
	}
	var members []string
	for _, word := range s.words {
		name, text, ok := strings.Cut(word, "=")
		if !ok {
			return nil, fmt.Errorf("%q is not of the form NAME=VALUE", word)
		}
		value := json.RawMessage("null")
		if t := types[name]; t != nil { // an unknown one is said when all is encoded
			var err error
			if value, err = schema.Word(t, text); err != nil {
				return nil, fmt.Errorf("argument %s: %w", name, err)
			}
		}
		key, _ := json.Marshal(name)
		members = append(members, string(key)+":"+string(value))
	}
	return json.RawMessage("{" + strings.Join(members, ",") + "}"), nil
}

// lockedQueue is the queue of an actor as its annotations name it.
func lockedQueue(lock *lockfile.File, a *lockfile.Actor) actor.Queue {
	for _, q := range lock.Queues {
		if q.Name == a.Queue && q.Broker == a.Broker {
			return describe(q)
		}
	}
	return actor.Queue{Name: a.Queue} // a lock that was read has it
}

func (s *sendSettings) publish(ctx context.Context, to site, stub actor.Stub, m actor.Message) error {
	transport, err := to.transport(ctx, amqp.Config{MaxDelay: s.maxDelay, Declare: amqp.DeclareCheck})
	if err != nil {
		return fmt.Errorf("broker %q: %w", to.broker.Name, err)
	}
	defer transport.Close()
	client := actor.NewClient(transport, actor.ClientConfig{QueuePrefix: s.prefix, DefaultQueue: s.defaultQueue})
	if s.delay > 0 {
		return stub.Via(client).SendWithDelay(ctx, s.delay, m)
	}
	return stub.Via(client).Send(ctx, m)
}

// interruptedSend adds what to do.
func interruptedSend(ctx context.Context, err error, q actor.Queue, id string) error {
	switch {
	case errors.Is(err, actor.ErrOutcomeUnknown):
		return fmt.Errorf("%w (it may be queued; -id %s sends it again under the same ID)", err, id)
	case errors.Is(err, actor.ErrUnroutable):
		return fmt.Errorf("%w (check -prefix and the virtual host; actorctl topology apply creates what is missing)", err)
	case errors.Is(err, actor.ErrNacked) && q.HasRetryQueue():
		return fmt.Errorf("%w (the queue has a max-length: send again with -id %s when workers have made room)", err, id)
	}
	return interrupted(ctx, err)
}

// sent says what was sent.
func (p process) sent(s *sendSettings, to site, a *lockfile.Actor, m actor.Message) int {
	queue := s.queueName(a.Queue)
	if !s.json {
		text := fmt.Sprintf("sent %s to queue %s as %s", a.Name, queue, m.ID)
		if s.delay > 0 {
			text += ", due in " + short(s.delay.String())
		}
		fmt.Fprintln(p.stdout, text)
		return exitDone
	}
	out := struct {
		ID     string `json:"id"`
		Actor  string `json:"actor"`
		Broker string `json:"broker"`
		Queue  string `json:"queue"`
		Delay  string `json:"delay,omitempty"`
	}{m.ID, a.Name, to.broker.Name, queue, ""}
	if s.delay > 0 {
		out.Delay = s.delay.String()
	}
	if err := json.NewEncoder(p.stdout).Encode(out); err != nil {
		return p.failed(err)
	}
	return exitDone
}
