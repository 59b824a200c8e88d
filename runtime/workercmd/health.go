package workercmd

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/actorgen/actorgen/runtime/metrics"
)

// healthTimeout bounds the reading of a request's head.
const healthTimeout = 5 * time.Second

// health answers the questions of whoever runs the process: /healthz, whether
// it is alive, and /readyz, whether every worker is running, neither starting
// nor draining. It also serves the metrics, ours and those that the program has
// registered by default; /metrics/queues is apart, since it asks the brokers. Its
// methods do nothing where it is nil.
type health struct {
	server *http.Server
	ended  chan struct{}
	// metrics are those of the brokers, queues how full their queues are.
	metrics, queues *prometheus.Registry
	shifts          atomic.Pointer[[]*shift] // nil until there are any
}

// serveHealth answers from the start of the process on, for constructors may take
// their time.
func serveHealth(address string, logger *slog.Logger) (*health, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("serve health checks and metrics: %w", err)
	}
	h := &health{ended: make(chan struct{}), metrics: prometheus.NewRegistry(), queues: prometheus.NewRegistry()}
	errorLog := slog.NewLogLogger(logger.Handler(), slog.LevelWarn)
	options := promhttp.HandlerOpts{ErrorLog: errorLog, ErrorHandling: promhttp.ContinueOnError}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(prometheus.Gatherers{h.metrics, prometheus.DefaultGatherer}, options))
	mux.Handle("GET /metrics/queues", promhttp.HandlerFor(h.queues, options))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { h.writeReadiness(w) })
	h.server = &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: healthTimeout,
		ErrorLog:          errorLog,
	}
	go func() {
		h.server.Serve(l) // ends with close
		close(h.ended)
	}()
	logger.Info("serving health checks and metrics", "address", l.Addr().String())
	return h, nil
}

// watch has the health be that of the shifts.
func (h *health) watch(shifts []*shift) {
	if h != nil {
		h.shifts.Store(&shifts)
	}
}

// show adds a broker's metrics.
func (h *health) show(m *metrics.Metrics) error {
	return errors.Join(h.metrics.Register(m), h.queues.Register(m.Queues()))
}

// writeReadiness writes a line for each broker.
func (h *health) writeReadiness(w http.ResponseWriter) {
	shifts := h.shifts.Load()
	if shifts == nil {
		http.Error(w, "starting", http.StatusServiceUnavailable)
		return
	}
	code := http.StatusOK
	var lines strings.Builder
	for _, s := range *shifts {
		status, ready := s.status()
		if !ready {
			code = http.StatusServiceUnavailable
		}
		fmt.Fprintf(&lines, "broker %q: %s\n", s.broker.Name, status)
	}
	w.WriteHeader(code)
	fmt.Fprint(w, lines.String())
}

func (h *health) close() {
	if h == nil {
		return
	}
	h.server.Close()
	<-h.ended
}
