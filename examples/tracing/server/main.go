// Command server answers requests by sending tasks, and traces both.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"go.opentelemetry.io/otel"

	"github.com/actorgen/actorgen/examples/tracing/tasks"
	"github.com/actorgen/actorgen/examples/tracing/telemetry"
	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
	"github.com/actorgen/actorgen/runtime/tracing"
)

func main() {
	address := flag.String("listen", "127.0.0.1:8080", "address to listen on")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, *address); err != nil {
		log.Fatal(err)
	}
}

func serve(ctx context.Context, address string) error {
	slog.SetDefault(slog.New(tracing.NewLogHandler(slog.NewTextHandler(os.Stderr, nil))))
	shutdown := telemetry.Setup(telemetry.Printer{Writer: os.Stdout})
	defer shutdown(context.WithoutCancel(ctx))

	transport, err := amqp.Dial(ctx, amqp.Config{URL: os.Getenv("ACTOR_BROKER")})
	if err != nil {
		return err
	}
	defer transport.Close()
	t := tracing.New(tracing.Options{})
	actor.SetDefault(actor.NewClient(transport, t.Client(actor.ClientConfig{})))

	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	fmt.Println("listening on", listener.Addr())
	server := http.Server{Handler: routes()}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
		return server.Shutdown(context.WithoutCancel(ctx))
	}
}

func routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /seats/{seat}", takeSeat)
	return mux
}

// takeSeat sends the task with the context of the request, whose span is the
// parent. Package otelhttp begins such a span for every request.
func takeSeat(w http.ResponseWriter, r *http.Request) {
	ctx, span := otel.Tracer("server").Start(r.Context(), "POST /seats")
	defer span.End()
	if err := tasks.BookSeat.SendWithDelay(ctx, 300*time.Millisecond, r.PathValue("seat")); err != nil {
		http.Error(w, "not accepted", http.StatusServiceUnavailable)
		return
	}
	slog.InfoContext(ctx, "accepted", "seat", r.PathValue("seat"))
	fmt.Fprintln(w, "accepted, in trace", span.SpanContext().TraceID())
}
