package topology

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/actorgen/actorgen/runtime/amqp/management"
)

// pace is how long things may take on the broker.
type pace struct {
	// staleness is more than the age of the management API's numbers.
	staleness time.Duration
	// settling is how long what was routed to an exchange before it was removed
	// may be on its way to the queue.
	settling time.Duration
}

// usual is the pace of brokers: the numbers are collected every 5 seconds from
// queues that tell them every 5 seconds.
var usual = pace{staleness: 15 * time.Second, settling: time.Second}

// drained returns why the queue of a level without exchange has to stay; empty
// if nothing is in it, and nothing will be.
//
// A message that came is ready for the level's time, and then on its way out
// until it has arrived. AMQP counts the ready ones now, the management API all
// of them a while ago. Where both see none, and the level's time is longer than
// that while, there is none: what is on its way now was ready or on its way
// then. For a shorter time the while has to pass first, after which the API's
// numbers are from a time when nothing came any more.
func (s *shrinking) drained(ctx context.Context, r rung) (string, error) {
	patience := s.pace.settling
	if s.API != nil && r.ttl() < 2*s.pace.staleness {
		patience = s.pace.staleness
	}
	if err := pause(ctx, patience); err != nil {
		return "", err
	}
	count, err := s.count(ctx, r)
	switch {
	case err != nil:
		return "", err
	case count.ready > 0:
		by := time.Now().Add(r.ttl()).Round(time.Second)
		return fmt.Sprintf("holds %s, the last leaves by %s", messages(count.total()), by.Format(time.DateTime)), nil
	case s.API == nil:
		return "no message waits, but whether all have arrived only the management API tells", nil
	case count.all == nil:
		return "the management API has not counted its messages yet", nil
	case count.state != running:
		return fmt.Sprintf("is in state %q, so nobody knows what it holds", count.state), nil
	case *count.all > 0:
		return fmt.Sprintf("%s on the way out; what could not be forwarded the broker tries again after some minutes", messages(*count.all)), nil
	}
	return "", nil
}

const running = "running"

// count is how many messages a queue holds.
type count struct {
	// ready is right now, all some seconds ago; nil where that is not known.
	ready int
	all   *int
	state string
}

func (c count) total() int {
	if c.all == nil {
		return c.ready
	}
	return max(c.ready, *c.all)
}

func (s *shrinking) count(ctx context.Context, r rung) (c count, err error) {
	if !r.queue {
		return count{state: running, all: new(int)}, nil
	}
	if s.API != nil {
		q, err := s.API.Queue(ctx, s.VHost, r.name)
		var status *management.StatusError
		if errors.As(err, &status) && status.Code == http.StatusNotFound { // somebody else has removed it
			return count{state: running, all: new(int)}, nil
		}
		if err != nil {
			return c, err
		}
		c.all, c.state = q.Messages, q.State
	}
	c.ready, _, err = asked{s.Conn}.waiting(ctx, r.name)
	return c, err
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
