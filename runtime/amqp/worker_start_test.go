package amqp

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/rabbittest"
)

// A stop before the first subscription is a stop, not a failure.
func TestWorkerThatIsStoppedWhileItSubscribes(t *testing.T) {
	t.Parallel()
	proxy, via := proxyTo(t, rabbittest.URL(t))
	transport := dialTest(t, Config{URL: via})
	proxy.Refuse()
	proxy.Reset()
	table := actor.Table{{Definition: &actor.Definition{Name: "test.Task", Queue: *testQueue(t)}}}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	cfg := actor.WorkerConfig{Logger: slog.New(slog.DiscardHandler)}
	start := time.Now()
	if err := actor.NewWorker(actor.NewClient(transport, actor.ClientConfig{}), cfg, table).Run(ctx); err != nil {
		t.Errorf("got %v, want nil", err)
	}
	if took := time.Since(start); took > time.Second+closeTimeout+late {
		t.Errorf("ended after %s, want it when its context did", took)
	}
}
