package workercmd

import (
	"context"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/actorgen/actorgen/runtime/actor"
)

// What a main of the user's own adds is part of every broker's client and worker; what
// the flags say is there to be seen.
func TestConfigureChangesWhatTheFlagsSay(t *testing.T) {
	d := dutyAt("tasks other=others")
	said := make(chan string, 10)
	d.say = func(...any) {}
	p := newProcess(surroundings{
		name: "worker", args: []string{"-broker", inMemory, "-broker", "other=" + inMemory, "-concurrency", "3", "-drain-timeout", "7s"},
		getenv: func(string) string { return "" }, stdout: io.Discard, stderr: io.Discard,
	})
	var seen []string
	p.configure = append(p.configure, func(b *Broker) {
		seen = append(seen, b.Name+" "+strings.Join(b.Worker.Queues, ","))
		if b.Worker.Concurrency != 3 || b.AMQP.URL != inMemory || b.Worker.Broker != b.Name {
			t.Errorf("got %+v, want what the flags say", b)
		}
		b.Client.QueuePrefix = "p."
		b.Worker.DrainTimeout = 1
		b.Worker.Observers = append(b.Worker.Observers, func(c actor.Conclusion) { said <- "observer " + c.Queue })
	}, func(b *Broker) {
		b.Worker.Middleware = append(b.Worker.Middleware, func(next actor.Handler) actor.Handler {
			return func(ctx context.Context, m actor.Message) error {
				said <- "middleware " + m.Destination()
				return next(ctx, m)
			}
		})
	})
	signals, code := make(chan os.Signal, 1), make(chan int, 1)
	if _, ok := p.start(signals); !ok {
		t.Fatal("got flags refused")
	}
	posts, err := assign(p.settings, []actor.Table{d.table()})
	if err != nil {
		t.Fatal(err)
	}
	if got := p.configured(posts[0]).Worker.DrainTimeout; got != p.settings.drainTimeout {
		t.Errorf("got drain timeout %s, want that of the flag", got)
	}
	seen = nil
	go func() { code <- p.leave(p.run([]actor.Table{d.table()})) }()
	go sendOne(d.definitions[0], quick)
	for _, want := range []string{"middleware p.tasks", "observer p.tasks"} {
		if got := <-said; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	signals <- os.Interrupt
	if got := <-code; got != exitDrained {
		t.Errorf("got exit code %d, want %d", got, exitDrained)
	}
	if got := strings.Join(seen, " "); got != "default tasks other others" {
		t.Errorf("got brokers %q configured, want each once", got)
	}
}
