package amqp

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// bodied returns a message whose body has about the given size.
func bodied(t *testing.T, stub actor.Stub, size int) actor.Message {
	t.Helper()
	e := actor.NewEncoder()
	e.Map(1)
	e.Key("text").String(strings.Repeat("x", size))
	e.End()
	m, err := stub.Message(e)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// testMixedBatch sends each kind of message again and again in one batch.
func testMixedBatch(t *testing.T, node *rabbittest.Node) {
	good, full, gone := testQueue(t), testQueue(t), testQueue(t)
	full.MaxLength = 1
	filling := dialTest(t, Config{URL: node.URL()})
	var fillErr error
	for i := 0; fillErr == nil; i++ {
		fillErr = send(filling, testEnvelope(full, fmt.Sprint("fill", i)))
	}
	declareRaw(t, node.URL(), good.Name, layout.Main(good).Args)
	transport := dialTest(t, Config{URL: node.URL(), Declare: DeclareNever})
	client := actor.NewClient(transport, actor.ClientConfig{Publish: policy{ConfirmTimeout: new(20 * time.Second)}})
	toGood, toFull, toGone := task(good, "", policy{}), task(full, "", policy{}), task(gone, "", policy{})

	invalid, long := message(t, toGood.With(actor.Priority(1000))), message(t, toGood)
	long.Delay = transport.MaxDelay() + 1
	var messages []actor.Message
	for range 40 {
		messages = append(messages, message(t, toGood), invalid, message(t, toGone), long, message(t, toFull), message(t, toGood))
	}
	isInvalid := func(err error) bool { return errors.As(err, new(*actor.InvalidMessageError)) }
	isTooLong := func(err error) bool { return errors.As(err, new(*actor.DelayTooLongError)) }
	want := outcomesOf(t, client, messages, []func(error) bool{
		succeeded, isInvalid, is(actor.ErrUnroutable), isTooLong, is(actor.ErrNacked), succeeded})

	// Whoever shares a channel with a culprit is published again, alone.
	isCulprit := func(err error) bool {
		return errors.Is(err, actor.ErrNacked) && answered(err, amqp.PreconditionFailed)
	}
	messages = []actor.Message{
		message(t, toGood), message(t, toGood), bodied(t, toGood, maxMessage+1), message(t, toGood), {ID: "nobody's"}, message(t, toGood)}
	want = append(want, outcomesOf(t, client, messages, []func(error) bool{
		succeeded, succeeded, isCulprit, succeeded, isInvalid, succeeded})...)
	inOrder(t, take(t, node.URL(), good.Name), want)
}

func succeeded(err error) bool { return err == nil }

func is(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}

// outcomesOf publishes messages, whose outcomes must be as the kinds say, again
// and again, and returns the IDs of those that were confirmed.
func outcomesOf(t *testing.T, client *actor.Client, messages []actor.Message, kinds []func(error) bool) (confirmed []string) {
	t.Helper()
	err := client.Publish(t.Context(), messages...)
	var batch *actor.BatchError
	if !errors.As(err, &batch) || len(batch.Errors) != len(messages) {
		t.Fatalf("got %v, want a BatchError parallel to the messages", err)
	}
	for i, err := range batch.Errors {
		if !kinds[i%len(kinds)](err) {
			t.Errorf("message %d, of kind %d: got %v", i, i%len(kinds), err)
		}
		var failed *actor.PublishError
		if errors.As(err, &failed) && (failed.MessageID != messages[i].ID || failed.Actor != messages[i].Actor) {
			t.Errorf("message %d: got the error of another: %v", i, err)
		}
		if err == nil {
			confirmed = append(confirmed, messages[i].ID)
		}
	}
	return confirmed
}

// inOrder checks that messages first came in the wanted order. What shared a
// channel with a culprit may come again.
func inOrder(t *testing.T, came []amqp.Delivery, want []string) {
	t.Helper()
	seen, next := map[string]bool{}, 0
	for _, d := range came {
		if seen[d.MessageId] {
			continue
		}
		seen[d.MessageId] = true
		if next >= len(want) || d.MessageId != want[next] {
			t.Fatalf("message %d in the queue: got %s, want the order of the batch", next, d.MessageId)
		}
		next++
	}
	if next != len(want) {
		t.Errorf("got %d messages, want %d", next, len(want))
	}
}

// A batch takes longer than the time of one message, which begins to run when
// it enters the window; and the window bounds what is in flight.
func TestEachMessageOfABatchHasItsOwnTime(t *testing.T) {
	t.Parallel()
	broker := rabbittest.URL(t)
	proxy, through := proxyTo(t, broker)
	transport := dialTest(t, Config{URL: through})
	q := testQueue(t)
	declareRaw(t, broker, q.Name, layout.Main(q).Args)
	mustSend(t, transport, testEnvelope(q, "first"))
	proxy.Inject(rabbittest.ToBroker, rabbittest.Fault{Latency: 500 * time.Millisecond}) // for each window
	batch := make([]actor.Envelope, 10*maxWindow)
	want := []string{"first"}
	for i := range batch {
		batch[i] = testEnvelope(q, fmt.Sprint(i))
		batch[i].Timeout = 4 * time.Second
		want = append(want, batch[i].ID)
	}
	watched := make(chan int)
	done := make(chan struct{})
	go func() { watched <- mostInFlight(transport.plain, done) }()
	start := time.Now()
	errs := transport.Publish(context.Background(), batch)
	took := time.Since(start)
	close(done)
	if errs != nil {
		t.Errorf("after %s got %v, want all confirmed", took, &actor.BatchError{Errors: errs})
	}
	if took < batch[0].Timeout {
		t.Fatalf("the batch took %s, which shows nothing", took)
	}
	if most := <-watched; most > maxWindow || most < maxWindow/2 {
		t.Errorf("got up to %d messages in flight, want about %d", most, maxWindow)
	}
	inOrder(t, take(t, broker, q.Name), want)
}

// mostInFlight watches the window until done.
func mostInFlight(p *publisher, done <-chan struct{}) (most int) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return most
		case <-tick.C:
		}
		most = max(most, inFlightOf(p))
	}
}

// The context ends in the middle of a batch: what was written is unknown, the
// rest was not sent, and none of it is in the queue.
func TestBatchWhoseContextEnds(t *testing.T) {
	t.Parallel()
	broker := rabbittest.URL(t)
	proxy, through := proxyTo(t, broker)
	transport := dialTest(t, Config{URL: through})
	q := testQueue(t)
	declareRaw(t, broker, q.Name, layout.Main(q).Args)
	mustSend(t, transport, testEnvelope(q, "first"))
	proxy.Inject(rabbittest.ToClient, rabbittest.Fault{Latency: 100 * time.Millisecond})
	batch := make([]actor.Envelope, 10_000)
	for i := range batch {
		batch[i] = testEnvelope(q, fmt.Sprint(i))
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan time.Time, 1)
	time.AfterFunc(450*time.Millisecond, func() { ended <- time.Now(); cancel() })
	errs := transport.Publish(ctx, batch)
	if took := time.Since(<-ended); took > late {
		t.Errorf("Publish: returned %s after its context had ended", took)
	}
	if len(errs) != len(batch) {
		t.Fatalf("got %d outcomes, want %d", len(errs), len(batch))
	}
	proxy.Heal()
	awaitIdle(t, transport)
	came := takeIDs(t, broker, q.Name)
	confirmed, unknown, unsent := 0, 0, 0
	for i, err := range errs {
		e := batch[i]
		switch {
		case err == nil:
			if confirmed++; came[e.ID] != 1 {
				t.Errorf("message %d: confirmed, and it came %d times", i, came[e.ID])
			}
		case !errors.Is(err, context.Canceled):
			t.Errorf("message %d: got %v, want the context's end as its cause", i, err)
		case errors.Is(err, actor.ErrOutcomeUnknown):
			unknown++
		default:
			unsent++
			failure(t, err, e, actor.ErrNotSent)
			if came[e.ID] != 0 {
				t.Errorf("message %d: got %v, and it came %d times", i, err, came[e.ID])
			}
		}
	}
	if confirmed == 0 || unsent == 0 || unknown > maxWindow {
		t.Errorf("got %d confirmed, %d unknown and %d not sent, want some of each and no more than a window unknown",
			confirmed, unknown, unsent)
	}
}

// awaitIdle waits until the broker has confirmed all that was written.
func awaitIdle(t *testing.T, transport *Transport) {
	t.Helper()
	eventually(t, "everything is confirmed", func() bool { return inFlightOf(transport.plain) == 0 })
}

// What was nacked was written, whatever becomes of the connection after.
func TestNackedBatchIsNotReportedAsNotSent(t *testing.T) {
	t.Parallel()
	broker := rabbittest.URL(t)
	proxy, through := proxyTo(t, broker)
	transport := dialTest(t, Config{URL: through, Declare: DeclareNever})
	q := testQueue(t)
	declareRaw(t, broker, q.Name, amqp.Table{
		"x-queue-type": "quorum", "x-max-length": int64(1), "x-overflow": "reject-publish"})
	for fill := testEnvelope(q, "fill"); ; {
		fill.Timeout = 300 * time.Millisecond
		if send(transport, fill) != nil {
			break
		}
	}
	batch := make([]actor.Envelope, 50)
	for i := range batch {
		batch[i] = testEnvelope(q, fmt.Sprint(i))
		batch[i].Timeout = 5 * time.Second
	}
	batch[0].Timeout = 1200 * time.Millisecond // and then nobody waits for a connection again
	errs := make(chan []error, 1)
	go func() { errs <- transport.Publish(context.Background(), batch) }()
	time.Sleep(800 * time.Millisecond) // all were nacked several times by now
	proxy.Refuse()
	proxy.Reset()
	for i, err := range <-errs {
		if !errors.Is(err, actor.ErrNacked) && !errors.Is(err, actor.ErrOutcomeUnknown) || errors.Is(err, actor.ErrNotSent) {
			t.Errorf("message %d, which was nacked: got %v, want ErrNacked or unknown", i, err)
		}
	}
}
