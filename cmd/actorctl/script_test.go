package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	broker "github.com/rabbitmq/amqp091-go"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// tests ends the node after the tests.
type tests struct{ *testing.M }

func (t tests) Run() int {
	code := t.M.Run()
	if shared.node != nil {
		if err := shared.node.Cleanup(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	return code
}

func TestMain(m *testing.M) {
	testscript.Main(tests{m}, map[string]func(){"actorctl": main})
}

// shared is a node with the management API. Scripts keep apart by prefix.
var shared struct {
	sync.Once
	node *rabbittest.Node
	err  error
}

func node(t *testing.T) *rabbittest.Node {
	t.Helper()
	shared.Do(func() {
		shared.node, shared.err = rabbittest.Start(context.Background(), rabbittest.Options{Management: true})
		if shared.err == nil {
			shared.err = addUsers(shared.node)
		}
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.node
}

// users are those who may do less than the administrator.
//
//go:embed testdata/users.json
var users []byte

func addUsers(n *rabbittest.Node) error {
	file, err := n.WriteFile(users)
	if err == nil {
		_, err = n.Ctl(context.Background(), "--quiet", "import_definitions", file)
	}
	return err
}

// TestScripts runs the command as a user does, against a real broker.
func TestScripts(t *testing.T) {
	n := node(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Vars = append(e.Vars, "ACTOR_BROKER="+n.URL(), "API="+n.ManagementURL(), "ADDR="+n.Addr())
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exitcode": exitcode,
			"declare":  declare,
			"publish":  publish,
			"queue":    queue,
			"letters":  putLetters,
			"holds":    holds,
			"import":   importing,
			"masked":   masked,
		},
	})
}

// exitcode runs a command and compares its exit code: exitcode 2 actorctl …
func exitcode(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("got exit code %d, want %s", code, args[0])
	}
}

// on does something on a channel of the script's broker.
func on(ts *testscript.TestScript, do func(ch *broker.Channel) error) error {
	conn, err := broker.Dial(ts.Getenv("ACTOR_BROKER"))
	ts.Check(err)
	defer conn.Close()
	ch, err := conn.Channel()
	ts.Check(err)
	return do(ch)
}

// declare declares a queue: declare NAME argument=value …
func declare(ts *testscript.TestScript, _ bool, args []string) {
	table := broker.Table{}
	for _, arg := range args[1:] {
		key, value, _ := strings.Cut(arg, "=")
		table[key] = value
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			table[key] = n
		}
	}
	ts.Check(on(ts, func(ch *broker.Channel) error {
		_, err := ch.QueueDeclare(args[0], true, false, false, false, table)
		return err
	}))
}

// publish puts a message into a queue: publish NAME.
func publish(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(on(ts, func(ch *broker.Channel) error {
		if err := ch.Confirm(false); err != nil {
			return err
		}
		confirm, err := ch.PublishWithDeferredConfirm("", args[0], true, false, broker.Publishing{DeliveryMode: broker.Persistent})
		if err != nil {
			return err
		}
		confirm.Wait()
		return nil
	}))
}

// queue checks that a queue exists: queue NAME; or does not: ! queue NAME.
func queue(ts *testscript.TestScript, neg bool, args []string) {
	err := on(ts, func(ch *broker.Channel) error {
		_, err := ch.QueueDeclarePassive(args[0], true, false, false, false, nil)
		return err
	})
	if (err == nil) == neg {
		ts.Fatalf("queue %q: got %v", args[0], err)
	}
}

// importing imports definitions over the management API: import FILE.
func importing(ts *testscript.TestScript, _ bool, args []string) {
	request, err := http.NewRequest(http.MethodPost, ts.Getenv("API")+"/api/definitions", bytes.NewBufferString(ts.ReadFile(args[0])))
	ts.Check(err)
	request.SetBasicAuth("guest", "guest")
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	ts.Check(err)
	response.Body.Close()
	if response.StatusCode >= 300 {
		ts.Fatalf("import: %s", response.Status)
	}
}

// masked compares the last standard output to a file in which HOST and API stand
// for the addresses.
func masked(ts *testscript.TestScript, _ bool, args []string) {
	got := strings.NewReplacer(ts.Getenv("ADDR"), "HOST", ts.Getenv("API"), "API").Replace(ts.ReadFile("stdout"))
	if want := ts.ReadFile(args[0]); got != want {
		ts.Fatalf("got\n%s\nwant\n%s", got, want)
	}
}

// putLetters puts dead letters into a queue: letters NAME FILE, whose lines are ID,
// actor, attempt, body in hex, age, and the error.
func putLetters(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(on(ts, func(ch *broker.Channel) error {
		if err := ch.Confirm(false); err != nil {
			return err
		}
		for line := range strings.Lines(ts.ReadFile(args[1])) {
			words := strings.SplitN(strings.TrimSpace(line), " ", 6)
			attempt, _ := strconv.ParseInt(words[2], 10, 64)
			body, err := hex.DecodeString(words[3])
			ts.Check(err)
			age, err := time.ParseDuration(words[4])
			ts.Check(err)
			failed := time.Now().Add(-age)
			confirm, err := ch.PublishWithDeferredConfirm("", args[0], true, false, broker.Publishing{
				MessageId: words[0], Type: words[1], ContentType: "application/msgpack", Body: body, DeliveryMode: broker.Persistent,
				Timestamp: failed, Headers: broker.Table{"actor-attempt": attempt, "actor-error": words[5], "tenant": "a\x1b[31m",
					"actor-failed-at": failed.UnixMicro(), "actor-first-sent": failed.Add(-time.Hour).UnixMicro()},
			})
			if err != nil {
				return err
			}
			confirm.Wait()
		}
		return nil
	}))
}

// holds waits until a queue holds a number of messages: holds NAME N.
func holds(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(on(ts, func(ch *broker.Channel) error {
		for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			q, err := ch.QueueDeclarePassive(args[0], true, false, false, false, nil)
			if err != nil || strconv.Itoa(q.Messages) == args[1] {
				return err
			}
			if time.Now().After(deadline) {
				ts.Fatalf("queue %q: got %d messages, want %s", args[0], q.Messages, args[1])
			}
		}
	}))
}
