package amqp

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// A worker that succeeds, fails, meets what it cannot read, and loses its
// connection tells nothing of the password, of arguments or of headers, not even
// at the level Debug.
func testWorkerSecrets(t *testing.T, node *rabbittest.Node) {
	const argument, header = "s3cr3t argument", "s3cr3t header"
	var said transcript
	logger := slog.New(slog.NewTextHandler(&said, &slog.HandlerOptions{Level: slog.LevelDebug}))
	proxy, via := proxyTo(t, "amqp://secret:"+url.UserPassword("", secret).String()[1:]+"@"+node.Addr()+"/")
	transport := dialTest(t, Config{URL: via, Logger: logger})
	q := testQueue(t)
	definition := &actor.Definition{Name: "test.Task", Queue: *q, Work: actor.WorkPolicy{MaxRetries: new(1), MinBackoff: new(time.Millisecond)}}
	stub := actor.NewStub(definition)
	succeeded := make(chan struct{}, 2)
	w := workOn(t, transport, actor.WorkerConfig{Logger: logger}, actor.Table{{Definition: definition, Bind: func(m actor.Message) (actor.Task, error) {
		d := stub.Decoder(m)
		for range d.Fields("n") {
			d.Int()
		}
		return func(ctx context.Context) error {
			switch facts, _ := actor.DeliveryFacts(ctx); facts.ID {
			case "panics":
				panic("boom")
			case "fails":
				return errors.New("boom")
			}
			succeeded <- struct{}{}
			return nil
		}, d.Err()
	}}})
	body := func(write func(*actor.Encoder)) []byte {
		e := actor.NewEncoder()
		e.Map(1)
		write(e.Key("n"))
		e.End()
		m, err := stub.Message(e)
		if err != nil {
			t.Fatal(err)
		}
		return m.Body
	}
	number := body(func(e *actor.Encoder) { e.Int(7) })
	publish := func(id string, body []byte) {
		e := testEnvelope(q, id)
		e.Body, e.Headers = body, map[string]any{"authorization": header}
		mustSend(t, transport, e)
	}
	publish("succeeds", number)
	<-succeeded
	publish("fails", number)
	publish("panics", number)
	publish("wrong type", body(func(e *actor.Encoder) { e.String(argument) }))
	publish("malformed", []byte("\xd9\xff"+argument))
	eventually(t, "four are dead-lettered", func() bool { return strings.Count(said.String(), `msg="task dead-lettered"`) == 4 })
	proxy.Reset()
	eventually(t, "the loss is noticed", func() bool { return strings.Contains(said.String(), "connection to the broker lost") })
	publish("succeeds again", number)
	<-succeeded
	if err := w.stop(); err != nil {
		t.Error(err)
	}
	transport.Close()

	text := said.String()
	for _, line := range []string{"task failed, will be retried", "task dead-lettered", "task panicked", "connection to the broker lost", "worker closed"} {
		if !strings.Contains(text, line) {
			t.Errorf("got no line %q in\n%s", line, text)
		}
	}
	for _, form := range []string{secret, "s3cr", "p@ss", "w:rd", url.QueryEscape(secret)} {
		if i := strings.Index(text, form); i >= 0 {
			t.Errorf("got %q in the log: …%s", form, text[max(0, i-200):min(i+40, len(text))])
		}
	}
}

// transcript is a log that is written by many and read at the end.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *transcript) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *transcript) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}
