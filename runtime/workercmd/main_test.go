package workercmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// taskVariable makes the test binary a worker that sends itself one task of
// the kind that the variable names.
const taskVariable = "WORKERCMD_TASK"

func TestMain(m *testing.M) {
	if kind := os.Getenv(taskVariable); kind != "" {
		Main(workerTable(kind))
	}
	os.Exit(rabbittest.Run(m))
}

// The kinds of tasks. Each says "started" when it starts.
const (
	noTask = "none"  // nothing is sent
	brief  = "brief" // ends when a byte is on standard input, and says "finished"
	stuck  = "stuck" // ends with its context
	dead   = "dead"  // does not end
)

func workerTable(kind string) actor.Table {
	definition := &actor.Definition{Name: "test.Task", Queue: actor.Queue{Name: os.Getenv("WORKERCMD_QUEUE")}}
	if kind != noTask {
		go sendOne(definition)
	}
	return actor.Table{{Definition: definition, Bind: func(actor.Message) (actor.Task, error) {
		return func(ctx context.Context) error {
			fmt.Println("started")
			switch kind {
			case brief:
				os.Stdin.Read(make([]byte, 1))
				fmt.Println("finished")
			case stuck:
				<-ctx.Done()
			case dead:
				select {}
			}
			return nil
		}, nil
	}}}
}

// sendOne sends as soon as the worker has registered its client.
func sendOne(definition *actor.Definition) {
	stub := actor.NewStub(definition)
	arguments := actor.NewEncoder()
	arguments.Map(0)
	arguments.End()
	message, err := stub.Message(arguments)
	for err == nil {
		err = stub.Send(context.Background(), message)
		var tooEarly *actor.NoClientError
		if !errors.As(err, &tooEarly) {
			break
		}
		err = nil
		time.Sleep(time.Millisecond)
	}
	if err != nil {
		fmt.Println("error", err)
	}
}
