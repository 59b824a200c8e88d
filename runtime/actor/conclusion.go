package actor

import "time"

// Conclusion is what became of one delivery, and so of one run of a task or of
// the attempt at one.
type Conclusion struct {
	// Facts are those of the delivery. Its actor and its headers are as they came
	// over the wire, so anybody may have made them up.
	Facts
	// Definition is the actor's; nil where no table of the worker names it. What
	// must not take any number of values, like the labels of a metric, is taken
	// from here.
	Definition *Definition
	Outcome    TaskOutcome
	// Reason is why the task was retried, was dead-lettered or has failed for its
	// caller, and empty for the other outcomes. Err says it in full.
	Reason Reason
	Err    error
	// Delay is how long a retried task waits.
	Delay time.Duration
	// Called says that the task was called and not sent.
	Called bool
	// Due is when the task was first due, to the second; zero where the message
	// does not say. Retries keep it.
	Due time.Time
	// Started is when its function was run; zero where that did not happen. Took
	// is for how long it ran, middleware and the decoding of its arguments included.
	Started time.Time
	Took    time.Duration
}

// TaskOutcome is what became of a delivery. Metrics and logs may use its text.
type TaskOutcome string

// The outcomes of deliveries.
const (
	// TaskDone: the function returned nil.
	TaskDone TaskOutcome = "done"
	// TaskRetried: the task failed, and its copy for the next run is confirmed.
	TaskRetried TaskOutcome = "retried"
	// TaskDeadLettered: its copy in the dead-letter queue is confirmed.
	TaskDeadLettered TaskOutcome = "dead_lettered"
	// TaskHandedBack: the message was returned to the broker, for another worker,
	// because this one shuts down, or was too busy to begin it.
	TaskHandedBack TaskOutcome = "handed_back"
	// TaskLost: the connection was lost before anything was settled, whether or
	// not the function was run. The broker delivers the message again.
	TaskLost TaskOutcome = "lost"
	// TaskRepeated: the message came again after its acknowledgement was lost, and
	// was acknowledged without another run.
	TaskRepeated TaskOutcome = "repeated"
	// TaskForwarded: a delay over the broker's limit goes on.
	TaskForwarded TaskOutcome = "forwarded"
	// TaskDropped: the task failed, and is neither run again nor dead-lettered:
	// its actor has ack=none, and its dead letter could not be published before the
	// worker ended.
	TaskDropped TaskOutcome = "dropped"
	// CallFailed: a called task failed, and its caller is told.
	CallFailed TaskOutcome = "call_failed"
)

// Reason is why a task failed, or was dead-lettered. Metrics and logs may use its
// text.
type Reason string

// Why a run failed.
const (
	// ReasonError: the function returned an error.
	ReasonError Reason = "error"
	// ReasonPanic: it panicked, or ended its goroutine.
	ReasonPanic Reason = "panic"
	// ReasonTimeout: its timeout ran out.
	ReasonTimeout Reason = "timeout"
	// ReasonShutdown: the worker cancelled it, and may not run it again.
	ReasonShutdown Reason = "shutdown"
	// ReasonUnknownActor: no table of the worker names the actor.
	ReasonUnknownActor Reason = "unknown_actor"
	// ReasonSchema: the arguments do not fit the function's parameters.
	ReasonSchema Reason = "schema_mismatch"
	// ReasonExpired: the caller had stopped to wait.
	ReasonExpired Reason = "expired"
)

// Why a task was dead-lettered. One whose actor stayed unknown, or whose arguments
// did not fit until the end, has the reason from above; so has one that failed with
// ack=none, which is never run again.
const (
	// ReasonExhausted: it failed once more than its retries.
	ReasonExhausted Reason = "retries_exhausted"
	// ReasonRejected: the function said so, see [Reject].
	ReasonRejected Reason = "rejected"
	// ReasonMalformed: no worker can read its arguments.
	ReasonMalformed Reason = "malformed"
	// ReasonTooOld: it was older than its max-age.
	ReasonTooOld Reason = "too_old"
)
