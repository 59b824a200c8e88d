package metrics

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/actorgen/actorgen/runtime/actor"
)

// The outcomes of sends and calls, as the label "outcome" has them.
const (
	sent         = "sent"           // confirmed and routed; with confirm=false, written
	unroutable   = "unroutable"     // actor.ErrUnroutable
	nacked       = "nacked"         // actor.ErrNacked
	unknown      = "unknown"        // actor.ErrOutcomeUnknown
	notSent      = "not_sent"       // actor.ErrNotSent
	delayTooLong = "delay_too_long" // *actor.DelayTooLongError
	invalid      = "invalid"        // *actor.InvalidMessageError
	other        = "other"          // an error of another middleware
	replied      = "replied"        // a call has its result
	failed       = "failed"         // the called task has failed
)

var sendOutcomes = []string{sent, unroutable, nacked, unknown, notSent, delayTooLong, invalid, other}

// sendBuckets reach from a quick local broker to twice the default confirm timeout.
var sendBuckets = []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

// sending counts and times what a client sends.
type sending struct {
	sends *prometheus.CounterVec
	took  *prometheus.HistogramVec
	calls *prometheus.HistogramVec
	series[sendSeries]
}

// sendSeries are those of one actor, by outcome.
type sendSeries map[string]prometheus.Counter

func newSending(labels prometheus.Labels) *sending {
	s := &sending{
		sends: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name:        "actorgen_sends_total",
			Help:        "Messages that were sent, or were to be, by what became of them.",
			ConstLabels: labels,
		}, []string{"actor", "queue", "outcome"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:        "actorgen_send_duration_seconds",
			Help:        "How long the send of one message took until its outcome was known. Batches are not timed.",
			ConstLabels: labels,
			Buckets:     sendBuckets,
		}, []string{"actor", "outcome"}),
		calls: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:        "actorgen_call_duration_seconds",
			Help:        "How long calls took until their reply, or until there was none to wait for.",
			ConstLabels: labels,
			Buckets:     taskBuckets,
		}, []string{"actor", "outcome"}),
	}
	s.make = func(actor, queue string) sendSeries {
		counters := make(sendSeries)
		for _, outcome := range sendOutcomes {
			counters[outcome] = s.sends.WithLabelValues(actor, queue, outcome)
		}
		return counters
	}
	return s
}

func (s *sending) vectors() []prometheus.Collector {
	return []prometheus.Collector{s.sends, s.took, s.calls}
}

// middleware implements [actor.SendMiddleware].
func (s *sending) middleware(next actor.Sender) actor.Sender {
	return func(ctx context.Context, messages []actor.Message) []error {
		started := time.Now()
		errs := next(ctx, messages)
		if len(messages) != 1 {
			for i := range messages {
				s.count(&messages[i], errorAt(errs, i))
			}
			return errs
		}
		m, err, took := &messages[0], errorAt(errs, 0), time.Since(started).Seconds()
		if actor.IsCall(ctx, messages) {
			s.calls.WithLabelValues(nameOf(m), callOutcome(err)).Observe(took)
		} else {
			s.took.WithLabelValues(nameOf(m), s.count(m, err)).Observe(took)
		}
		return errs
	}
}

// count counts a message that was sent, and returns its outcome.
func (s *sending) count(m *actor.Message, err error) string {
	outcome := sendOutcome(err)
	s.of(nameOf(m), m.Destination())[outcome].Inc()
	return outcome
}

// nameOf returns the actor's name, but none for a message that no stub made: its
// name may be anything.
func nameOf(m *actor.Message) string {
	if m.Destination() == "" {
		return unknownActor
	}
	return m.Actor
}

func errorAt(errs []error, i int) error {
	if i < len(errs) {
		return errs[i]
	}
	return nil
}

func callOutcome(err error) string {
	var remote *actor.RemoteError
	switch {
	case err == nil:
		return replied
	case errors.As(err, &remote):
		return failed
	}
	return sendOutcome(err)
}

func sendOutcome(err error) string {
	if err == nil {
		return sent
	}
	var tooLong *actor.DelayTooLongError
	var flawed *actor.InvalidMessageError
	switch {
	case errors.As(err, &tooLong):
		return delayTooLong
	case errors.As(err, &flawed):
		return invalid
	case errors.Is(err, actor.ErrUnroutable):
		return unroutable
	case errors.Is(err, actor.ErrNacked):
		return nacked
	case errors.Is(err, actor.ErrOutcomeUnknown):
		return unknown
	case errors.Is(err, actor.ErrNotSent):
		return notSent
	}
	return other
}
