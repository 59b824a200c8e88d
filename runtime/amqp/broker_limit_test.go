package amqp

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp/layout"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// A queue that is full by a policy: the sender cannot know that it will stay
// full, so it tries as long as its time allows. When that ends it either waits
// to try again, and was refused, or has just tried again, and does not know.
func testLimitByPolicy(t *testing.T, node *rabbittest.Node) {
	q := &actor.Queue{Name: "full.by-policy"}
	declareRaw(t, node.URL(), q.Name, layout.Main(q).Args)
	transport := dialTest(t, Config{URL: node.URL()})
	want := map[string]bool{}
	for refused := 0; refused < 3; {
		e := testEnvelope(q, fmt.Sprint(len(want), "-", refused))
		e.Timeout = 400 * time.Millisecond
		start := time.Now()
		err := send(transport, e)
		if took := time.Since(start); err != nil && (took < e.Timeout/2 || took > e.Timeout+late) {
			t.Errorf("refused after %s, want it tried for about %s", took, e.Timeout)
		}
		if err == nil {
			want[e.ID] = true
			continue
		}
		refused++
		refusedOrUnknown(t, err, e)
	}
	// A batch is refused in one budget, not in one for each.
	batch := make([]actor.Envelope, 50)
	for i := range batch {
		batch[i] = testEnvelope(q, fmt.Sprint("batch", i))
		batch[i].Timeout = 400 * time.Millisecond
	}
	start := time.Now()
	errs := transport.Publish(context.Background(), batch)
	if took := time.Since(start); took > 400*time.Millisecond+late || len(errs) != len(batch) {
		t.Fatalf("a refused batch: got %d outcomes after %s", len(errs), took)
	}
	for i, err := range errs {
		refusedOrUnknown(t, err, batch[i])
	}
	// What waits is sent when there is room again.
	bridged := make(chan error, 1)
	go func() { bridged <- send(transport, testEnvelope(q, "bridged")) }()
	came := takeIDs(t, node.URL(), q.Name)
	if err := <-bridged; err != nil {
		t.Errorf("when there was room again: got %v, want nil", err)
	}
	for id, n := range takeIDs(t, node.URL(), q.Name) {
		came[id] += n
	}
	want["bridged"] = true
	compare(t, came, want)
}

func refusedOrUnknown(t *testing.T, err error, e actor.Envelope) {
	t.Helper()
	if errors.Is(err, actor.ErrOutcomeUnknown) {
		failure(t, err, e, actor.ErrOutcomeUnknown)
		return
	}
	failure(t, err, e, actor.ErrNacked)
}

// Trying again would keep a queue full that is known to have a limit.
func testKnownLimit(t *testing.T, node *rabbittest.Node) {
	q := testQueue(t)
	q.MaxLength = 5
	transport := dialTest(t, Config{URL: node.URL()})
	want, start := map[string]bool{}, time.Time{}
	var err error
	for i := 0; err == nil; i++ {
		e := testEnvelope(q, fmt.Sprint(i))
		start = time.Now()
		if err = send(transport, e); err == nil {
			want[e.ID] = true
			continue
		}
		failure(t, err, e, actor.ErrNacked)
	}
	if took := time.Since(start); took > late {
		t.Errorf("refused after %s, want it at once", took)
	}
	if len(want) < q.MaxLength {
		t.Errorf("got %d messages confirmed, want %d at least", len(want), q.MaxLength)
	}
	batch := make([]actor.Envelope, 1000)
	for i := range batch {
		batch[i] = testEnvelope(q, fmt.Sprint("batch", i))
	}
	start = time.Now()
	errs := transport.Publish(context.Background(), batch)
	if took := time.Since(start); took > 2*late || len(errs) != len(batch) {
		t.Fatalf("a refused batch: got %d outcomes after %s, want each refused once", len(errs), took)
	}
	for i, err := range errs {
		failure(t, err, batch[i], actor.ErrNacked)
	}
	holdsExactly(t, node.URL(), q.Name, want)
}
