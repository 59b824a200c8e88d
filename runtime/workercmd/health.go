package workercmd

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"
)

// healthTimeout bounds the reading of a request's head.
const healthTimeout = 5 * time.Second

// health answers the questions of whoever runs the process: /healthz, whether
// it is alive, and /readyz, whether every worker is running, neither starting
// nor draining.
type health struct {
	server *http.Server
	ended  chan struct{}
}

func serveHealth(address string, shifts []*shift, logger *slog.Logger) (*health, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("serve health checks: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { writeReadiness(w, shifts) })
	h := &health{
		server: &http.Server{
			Handler:           mux,
			ReadHeaderTimeout: healthTimeout,
			ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
		},
		ended: make(chan struct{}),
	}
	go func() {
		h.server.Serve(l) // ends with close
		close(h.ended)
	}()
	logger.Info("serving health checks", "address", l.Addr().String())
	return h, nil
}

// writeReadiness writes a line for each broker.
func writeReadiness(w http.ResponseWriter, shifts []*shift) {
	code := http.StatusOK
	var lines strings.Builder
	for _, s := range shifts {
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
	h.server.Close()
	<-h.ended
}
