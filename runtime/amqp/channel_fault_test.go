package amqp

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// Culprits on the channel of delays cost the innocent ones there little.
func TestMissingLevelsSpareOtherDelays(t *testing.T) {
	t.Parallel()
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
	if failed.Load() > 0 || slowest.Load() > int64(late) {
		t.Errorf("got %d of %d delays within the levels failed, the slowest after %s; want none, within %s",
			failed.Load(), sent.Load(), time.Duration(slowest.Load()), late)
	}
}
