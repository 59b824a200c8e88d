package amqp

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// The end of one channel costs the others nothing: not their connection.
func TestChannelCloseKeepsTheConnection(t *testing.T) {
	transport := dialTest(t, Config{URL: rabbittest.URL(t)})
	q := testQueue(t)
	mustSend(t, transport, testEnvelope(q, "first"))
	before, _ := transport.publishing.state()
	var failed atomic.Int64
	end := underLoad(48, func(id string) {
		if err := send(transport, testEnvelope(q, id)); err != nil {
			failed.Add(1)
		}
	})
	for i := range 10 {
		e := testEnvelope(q, fmt.Sprint("culprit", i))
		p, err := newParcel(&e, "app", time.Now())
		if err != nil {
			t.Fatal(err)
		}
		p.msg.Expiration = "-1"
		transport.startClock(p)
		_, _ = transport.deliver(context.Background(), p)
		time.Sleep(300 * time.Millisecond)
	}
	end()
	if n := failed.Load(); n > 0 {
		t.Errorf("got %d innocent messages failed, want none", n)
	}
	if after, _ := transport.publishing.state(); after != before {
		t.Error("got another connection, want the one whose channels were closed")
	}
}

// Culprits on the channel of delays cost the innocent ones there little.
func TestMissingLevelsSpareOtherDelays(t *testing.T) {
	url := rabbittest.URL(t)
	declaring := dialTest(t, Config{URL: url, MaxDelay: 2 * time.Second})
	q := testQueue(t)
	prefix := q.Name + "."
	delayed := func(id string, d time.Duration) actor.Envelope {
		e := testEnvelope(q, id)
		e.Prefix, e.Delay, e.Timeout = prefix, d, 5*time.Second
		return e
	}
	mustSend(t, declaring, delayed("first", time.Second))
	transport := dialTest(t, Config{URL: url, Declare: DeclareNever})
	stop := time.Now().Add(6 * time.Second)
	var users sync.WaitGroup
	var culprits, failed, sent atomic.Int64
	var slowest atomic.Int64
	for k := range 2 {
		users.Go(func() {
			for i := 0; time.Now().Before(stop); i++ {
				_ = send(transport, delayed(fmt.Sprint("beyond", k, "-", i), time.Hour))
				culprits.Add(1)
				time.Sleep(100 * time.Millisecond)
			}
		})
	}
	for k := range 8 {
		users.Go(func() {
			for i := 0; time.Now().Before(stop); i++ {
				start := time.Now()
				err := send(transport, delayed(fmt.Sprint("ok", k, "-", i), time.Second))
				sent.Add(1)
				slowest.Store(max(slowest.Load(), int64(time.Since(start))))
				if err != nil {
					failed.Add(1)
				}
				time.Sleep(20 * time.Millisecond)
			}
		})
	}
	users.Wait()
	if culprits.Load() == 0 || sent.Load() == 0 {
		t.Fatalf("got %d culprits beside %d others, want some of both", culprits.Load(), sent.Load())
	}
	if failed.Load() > 0 || slowest.Load() > int64(2*time.Second) {
		t.Errorf("got %d of %d delays within the levels failed, the slowest after %s; want none, within 2s",
			failed.Load(), sent.Load(), time.Duration(slowest.Load()))
	}
}
