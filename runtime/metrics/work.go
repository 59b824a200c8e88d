package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/actorgen/actorgen/runtime/actor"
)

// unknownActor stands for all names that no table of the worker, and no stub,
// knows. No actor can have it.
const unknownActor = "(unknown)"

// usualDeaths are the reasons for which any task may be dead-lettered.
var usualDeaths = []actor.Reason{actor.ReasonExhausted, actor.ReasonRejected, actor.ReasonMalformed, actor.ReasonSchema, actor.ReasonTooOld}

// taskBuckets reach to the longest handler, of 25 minutes.
var taskBuckets = []float64{.001, .005, .01, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 600, 1500}

// waitBuckets begin with the precision of the time of sending.
var waitBuckets = []float64{1, 2, 5, 10, 30, 60, 300, 600, 1800, 3600, 3 * 3600, 12 * 3600, 24 * 3600}

// working counts and times what a worker runs.
type working struct {
	deliveries *prometheus.CounterVec
	retries    *prometheus.CounterVec
	dead       *prometheus.CounterVec
	took       *prometheus.HistogramVec
	waited     *prometheus.HistogramVec
	series[workSeries]
}

// workSeries are those of one actor that nearly every delivery needs.
type workSeries struct {
	done         prometheus.Counter
	took, waited prometheus.Observer
}

func newWorking(labels prometheus.Labels) *working {
	counter := func(name, help string, names ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help, ConstLabels: labels}, names)
	}
	histogram := func(name, help string, buckets []float64, names ...string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, ConstLabels: labels, Buckets: buckets}, names)
	}
	w := &working{
		deliveries: counter("actorgen_deliveries_total", "Messages that the worker was given, by what became of them.",
			"actor", "queue", "outcome"),
		retries: counter("actorgen_retries_total", "Runs that failed and were put off, by why they failed.",
			"actor", "queue", "reason"),
		dead: counter("actorgen_dead_letters_total", "Messages that the worker dead-lettered, by why.",
			"actor", "queue", "reason"),
		took: histogram("actorgen_task_duration_seconds", "How long functions ran, middleware and decoding included.",
			taskBuckets, "actor", "queue"),
		waited: histogram("actorgen_task_wait_seconds", "How long after they were due messages were first run, to the second.",
			waitBuckets, "queue"),
	}
	w.make = func(actorName, queue string) workSeries {
		for _, reason := range usualDeaths {
			w.dead.WithLabelValues(actorName, queue, string(reason))
		}
		return workSeries{
			done:   w.deliveries.WithLabelValues(actorName, queue, string(actor.TaskDone)),
			took:   w.took.WithLabelValues(actorName, queue),
			waited: w.waited.WithLabelValues(queue),
		}
	}
	return w
}

func (w *working) vectors() []prometheus.Collector {
	return []prometheus.Collector{w.deliveries, w.retries, w.dead, w.took, w.waited}
}

// observe is an [actor.Observer].
func (w *working) observe(c actor.Conclusion) {
	name := unknownActor
	if c.Definition != nil {
		name = c.Definition.Name
	}
	s := w.of(name, c.Queue)
	if c.Outcome == actor.TaskDone {
		s.done.Inc()
	} else {
		w.deliveries.WithLabelValues(name, c.Queue, string(c.Outcome)).Inc()
	}
	switch c.Outcome {
	case actor.TaskRetried:
		w.retries.WithLabelValues(name, c.Queue, string(c.Reason)).Inc()
	case actor.TaskDeadLettered:
		w.dead.WithLabelValues(name, c.Queue, string(c.Reason)).Inc()
	}
	if c.Started.IsZero() {
		return
	}
	s.took.Observe(c.Took.Seconds())
	if c.Attempt == 0 && !c.Redelivered && !c.Due.IsZero() {
		s.waited.Observe(max(0, c.Started.Sub(c.Due).Seconds())) // the clocks may differ
	}
}
