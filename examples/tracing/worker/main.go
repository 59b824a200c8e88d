// Command worker runs the tasks and traces them. It is a generated main with
// tracing added.
package main

import (
	"log/slog"
	"os"

	"github.com/actorgen/actorgen/examples/tracing/tasks"
	"github.com/actorgen/actorgen/examples/tracing/telemetry"
	"github.com/actorgen/actorgen/runtime/tracing"
	"github.com/actorgen/actorgen/runtime/workercmd"
)

func main() {
	workercmd.Start()
	workercmd.Defer(telemetry.Setup(telemetry.Printer{Writer: os.Stdout}))
	slog.SetDefault(slog.New(tracing.NewLogHandler(slog.Default().Handler())))

	t := tracing.New(tracing.Options{})
	workercmd.Configure(func(b *workercmd.Broker) {
		b.Client, b.Worker = t.Client(b.Client), t.Worker(b.Worker)
	})
	workercmd.Main(tasks.Actors())
}
