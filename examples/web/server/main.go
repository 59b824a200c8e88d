// Command server takes orders over HTTP and sends a task for each.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/actorgen/actorgen/runtime/actor"
	"github.com/actorgen/actorgen/runtime/amqp"
)

func main() {
	address := flag.String("listen", "127.0.0.1:8080", "`address` to listen on")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *address); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	slog.Info("listening", "address", listener.Addr().String())
	var s server
	web := &http.Server{Handler: s.routes(), ReadTimeout: 5 * time.Second}
	ctx, stop := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() {
		defer stop()
		served <- web.Serve(listener)
	}()

	// This waits for a broker that is down, until ctx ends. Wrong credentials end it.
	transport, err := amqp.Dial(ctx, amqp.Config{URL: os.Getenv("ACTOR_BROKER")})
	if err == nil {
		defer transport.Close() // after the last request
		actor.SetDefault(actor.NewClient(transport, actor.ClientConfig{}))
		s.ready.Store(true)
		slog.Info("ready")
		<-ctx.Done()
		s.ready.Store(false)
	} else if ctx.Err() != nil {
		err = nil // told to end before there was a broker
	}

	// A request is read within 5 seconds and a Send ends within 5 more, so every request
	// under way gets its answer.
	ending, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err = errors.Join(err, web.Shutdown(ending))
	if ended := <-served; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}
