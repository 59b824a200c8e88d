package amqp

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
)

// hosts are a URL's endpoints, tried in turn from a random start, each with
// what came of it the last time. Only the link's goroutine uses it.
type hosts struct {
	endpoints []endpoint
	failures  []error
	current   int // the endpoint that is tried or connected
	turns     int // how often next was called
	// tried counts the attempts since the last connection.
	tried int
}

func newHosts(endpoints []endpoint) *hosts {
	return &hosts{endpoints: endpoints, failures: make([]error, len(endpoints)), current: rand.IntN(len(endpoints))}
}

// next returns the endpoint to try and how often all of them had their turn.
func (h *hosts) next() (e endpoint, round int) {
	h.current = (h.current + 1) % len(h.endpoints)
	round = h.turns / len(h.endpoints)
	h.turns++
	h.tried++
	return h.endpoints[h.current], round
}

// reached notes that the current endpoint took a connection.
func (h *hosts) reached() {
	h.failures[h.current] = nil
	h.tried = 0
}

// failed notes why it took none, and reports whether that is news.
func (h *hosts) failed(err error) (news bool) {
	last := &h.failures[h.current]
	news = *last == nil || (*last).Error() != err.Error()
	*last = err
	return news
}

// othersLeft says that there are endpoints which had no turn since the last
// connection.
func (h *hosts) othersLeft() bool { return h.tried < len(h.endpoints) }

// exhausted says that every endpoint was tried since the last pause or
// connection, and none took us.
func (h *hosts) exhausted() bool { return h.tried%len(h.endpoints) == 0 }

// failure returns why there is no connection: what came of each endpoint.
func (h *hosts) failure() error {
	u := &unreachable{}
	for i, err := range h.failures {
		if err != nil {
			u.causes = append(u.causes, fmt.Errorf("%s: %w", h.endpoints[i].address(), err))
		}
	}
	return u
}

// unreachable is one failure for each host that was tried.
type unreachable struct{ causes []error }

func (u *unreachable) Unwrap() []error { return u.causes }

func (u *unreachable) Error() string {
	texts := make([]string, len(u.causes))
	for i, err := range u.causes {
		texts[i] = err.Error()
	}
	return strings.Join(texts, "; ")
}

// refusal is a connection that was refused for a reason that trying again does
// not mend: credentials, virtual host or certificates.
type refusal struct {
	reason string // the same at every attempt, so that it is logged once
	cause  error
}

func (r *refusal) Error() string { return r.reason }

func (r *refusal) Unwrap() error { return r.cause }

func isRefusal(err error) bool {
	var r *refusal
	return errors.As(err, &r)
}
