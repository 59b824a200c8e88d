package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"sync/atomic"

	"github.com/actorgen/actorgen/examples/web/order"
	"github.com/actorgen/actorgen/examples/web/tasks/client"
	"github.com/actorgen/actorgen/runtime/actor"
)

// server answers requests. Its zero value is not ready.
type server struct {
	// ready is true between the first connection to the broker and the end. A
	// broker that goes away later does not clear it: the connection is restored by
	// itself, and meanwhile what needs no broker is served.
	ready atomic.Bool
}

func (s *server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /orders", placeOrder)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if !s.ready.Load() {
			http.Error(w, "starting or ending", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	})
	return mux
}

// key is what an idempotency key looks like. A UUID does.
var key = regexp.MustCompile(`^[0-9A-Za-z-]{8,64}$`)

// placeOrder sends the order's task. The idempotency key becomes the message's ID,
// so that whatever a client repeats under one key is one task.
func placeOrder(w http.ResponseWriter, r *http.Request) {
	var o order.Order
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(&o); err != nil {
		http.Error(w, "the body is no order: "+err.Error(), http.StatusBadRequest)
		return
	}
	if o.ID = r.Header.Get("Idempotency-Key"); !key.MatchString(o.ID) {
		http.Error(w, "header Idempotency-Key: want 8 to 64 letters, digits and dashes, such as a UUID", http.StatusBadRequest)
		return
	}
	err := client.WriteReceipt.With(actor.MessageID(o.ID)).Send(r.Context(), o)
	status, text := answer(err)
	if status >= 500 && r.Context().Err() == nil { // else the client has gone and reads no answer
		slog.Error("order not accepted", "id", o.ID, "error", err)
		w.Header().Set("Retry-After", "2")
	}
	w.WriteHeader(status)
	fmt.Fprintln(w, text)
}

// answer is what a client is told about the outcome of a Send. After each of them it
// may repeat the request under the same key.
func answer(err error) (status int, text string) {
	var invalid *actor.InvalidMessageError
	var unconnected *actor.NoClientError // not yet
	switch {
	case err == nil:
		return http.StatusAccepted, "accepted: it is in the queue"
	case errors.As(err, &invalid):
		return http.StatusBadRequest, invalid.Reason
	case errors.Is(err, actor.ErrNotSent), errors.As(err, &unconnected):
		return http.StatusServiceUnavailable, "not accepted: repeat it later"
	case errors.Is(err, actor.ErrOutcomeUnknown), errors.Is(err, actor.ErrNacked):
		return http.StatusGatewayTimeout, "maybe accepted: repeat it under the same key"
	}
	// Unroutable, for example: it is not queued, and somebody has to mend the deploy.
	return http.StatusInternalServerError, "not accepted"
}
