package workercmd

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// The environment of a worker process.
const (
	// queuesVariable makes the test binary a worker of the queues that it
	// names, each as queue or broker=queue.
	queuesVariable = "WORKERCMD_QUEUES"
	// kindVariable makes the worker send itself one task of this kind.
	kindVariable = "WORKERCMD_KIND"
	// makesVariable makes the worker construct a receiver of this kind first.
	makesVariable = "WORKERCMD_MAKES"
)

func TestMain(m *testing.M) {
	if queues := os.Getenv(queuesVariable); queues != "" {
		d := dutyAt(queues)
		go d.obey(os.Stdin)
		if kind := os.Getenv(kindVariable); kind != "" {
			go sendOne(d.table()[0].Definition, kind)
		}
		if makes := os.Getenv(makesVariable); makes != "" {
			d.construct(makes)
		}
		Main(d.table())
	}
	os.Exit(rabbittest.Run(m))
}

// The kinds of tasks, which the header "kind" of their messages names. Each
// says "started" and its ID when it starts, "finished" when it succeeds and "failed"
// when it does not.
const (
	quick   = "quick"   // finishes at once
	brief   = "brief"   // finishes when the worker is told "release"
	failing = "failing" // fails once, then finishes
	late    = "late"    // fails once when the worker is told "release", then finishes
	stuck   = "stuck"   // fails with its context, after it has said why that ended
	deaf    = "deaf"    // ignores that its context ends
	blocked = "blocked" // finishes when the worker knows that its broker takes no messages
)

const kindHeader = "kind"

// duty is what a worker of these tests does.
type duty struct {
	definitions []*actor.Definition
	say         func(words ...any)
	released    chan struct{}
	release     func()
}

func dutyAt(queues string) *duty {
	d := &duty{released: make(chan struct{}), say: func(words ...any) { fmt.Println(words...) }}
	d.release = sync.OnceFunc(func() { close(d.released) })
	for _, name := range strings.Fields(queues) {
		d.definitions = append(d.definitions, definitionOf(name))
	}
	return d
}

// definitionOf returns the actor of a queue, which has its name.
func definitionOf(name string) *actor.Definition {
	broker, queue, named := strings.Cut(name, "=")
	if !named {
		broker, queue = "", name
	}
	return &actor.Definition{
		Name: queue, Broker: broker, Queue: actor.Queue{Name: queue},
		Work: actor.WorkPolicy{MinBackoff: new(300 * time.Millisecond), MaxBackoff: new(time.Second)},
	}
}

// obey reads what the test tells the process, which ends with the test at the
// latest.
func (d *duty) obey(orders *os.File) {
	for lines := bufio.NewScanner(orders); lines.Scan(); {
		d.release()
	}
	os.Exit(exitOrphaned)
}

const exitOrphaned = 99

func (d *duty) table() actor.Table {
	var table actor.Table
	for _, definition := range d.definitions {
		table = append(table, actor.Entry{Definition: definition, Bind: func(actor.Message) (actor.Task, error) {
			return func(ctx context.Context) error {
				return actor.Return(ctx, os.Getpid(), d.run(ctx), (*actor.Encoder).Int)
			}, nil
		}})
	}
	return table
}

var errFirstRun = errors.New("fails the first time")

func (d *duty) run(ctx context.Context) error {
	facts, _ := actor.DeliveryFacts(ctx)
	d.say("started", facts.ID)
	switch facts.Headers[kindHeader] {
	case brief:
		<-d.released
	case late:
		<-d.released
		fallthrough
	case failing:
		if facts.Attempt == 0 {
			d.say("failed", facts.ID)
			return errFirstRun
		}
	case stuck:
		<-ctx.Done()
		d.say("cancelled", facts.ID, context.Cause(ctx))
		return ctx.Err()
	case deaf:
		select {}
	case blocked:
		awaitBlock(ctx, facts.Queue)
	}
	d.say("finished", facts.ID)
	return nil
}

// awaitBlock sends beside the queue until that is known to be in vain.
func awaitBlock(ctx context.Context, queue string) {
	stub := actor.NewStub(definitionOf(queue + ".probe"))
	for err := error(nil); !errors.Is(err, actor.ErrBlocked); {
		brief, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		var m actor.Message
		if m, err = stub.Message(noArguments()); err == nil {
			err = stub.Send(brief, m)
		}
		<-brief.Done() // so as not to be a load
		cancel()
	}
}

// sendOne sends as soon as the worker has registered its client.
func sendOne(d *actor.Definition, kind string) {
	stub := actor.NewStub(d).With(actor.Header(kindHeader, kind))
	for {
		m, err := stub.Message(noArguments())
		if err == nil {
			err = stub.Send(context.Background(), m)
		}
		var tooEarly *actor.NoClientError
		if !errors.As(err, &tooEarly) && !errors.Is(err, actor.ErrClosed) { // that of a worker before this one
			if err != nil {
				fmt.Println("error", err)
			}
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func noArguments() *actor.Encoder {
	e := actor.NewEncoder()
	e.Map(0)
	e.End()
	return e
}
