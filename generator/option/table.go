package option

import (
	"math"
	"time"
)

// The limits of RabbitMQ that the table guards.
const (
	maxRunTime  = 25 * time.Minute
	maxPriority = 255
)

// Table holds every option, in the order in which help and generated code name
// them.
var Table = []Option{
	{Key: "name", Kind: name, Default: "<package>.<Actor>", Own: true,
		Meaning: "name on the wire; set it to survive renames"},
	{Key: "var", Kind: identifier, Default: "the function's name, exported", Own: true,
		Meaning: "name of the stub"},
	{Key: "queue", Kind: queueName, Default: "default",
		Meaning: "queue that carries the tasks"},
	{Key: "broker", Kind: broker, Default: "default",
		Meaning: "registered client that sends and runs them"},
	{Key: "confirm", Kind: boolean, Default: "true", Struct: "Publish", Field: "Confirm",
		Meaning: "wait for the broker's confirm"},
	{Key: "confirm-timeout", Kind: positive, Default: "5s", Struct: "Publish", Field: "ConfirmTimeout",
		Meaning: "longest wait for the outcome of a send"},
	{Key: "mandatory", Kind: boolean, Default: "true", Struct: "Publish", Field: "Mandatory",
		Meaning: "an unroutable message is an error"},
	{Key: "persistent", Kind: boolean, Default: "true", Struct: "Publish", Field: "Persistent",
		Meaning: "kept on disk (false: classic queues only)"},
	{Key: "max-delay", Kind: positive.orNone(time.Duration(0)), Default: "the transport's", Struct: "Publish", Field: "MaxDelay",
		Meaning: "longest accepted delay"},
	{Key: "priority", Kind: count(0, maxPriority).orNone(Const("NoPriority")), Default: "none", Struct: "Publish", Field: "Priority",
		Meaning: "priority of messages (best effort on quorum queues)"},
	{Key: "max-age", Kind: positive.orNone(time.Duration(0)), Default: "none", Struct: "Work", Field: "MaxAge",
		Meaning: "older messages, counted from when they were first due, are dead-lettered instead of run"},
	{Key: "ack", Kind: enum("sync", "AckSync", "async", "AckAsync", "none", "AckNone"), Default: "sync", Struct: "Work", Field: "Ack",
		Meaning: "when a delivery is acknowledged"},
	{Key: "timeout", Kind: positive.atMost(maxRunTime, "the broker takes a message back after 30m unacknowledged, its consumer timeout").orNone(time.Duration(0)), Default: "10m", Struct: "Work", Field: "Timeout",
		Meaning: "deadline of the handler's context"},
	{Key: "max-retries", Kind: count(0, math.MaxInt32), Default: "20", Struct: "Work", Field: "MaxRetries",
		Meaning: "how often a failed task is run again"},
	{Key: "min-backoff", Kind: duration, Default: "15s", Struct: "Work", Field: "MinBackoff",
		Meaning: "shortest wait before a retry"},
	{Key: "max-backoff", Kind: duration, Default: "168h", Struct: "Work", Field: "MaxBackoff",
		Meaning: "wait that the growing backoff never exceeds"},

	{Key: "type", Scope: Queue, Kind: enum("quorum", "Quorum", "classic", "Classic"), Default: "quorum", Struct: "Queue", Field: "Type", Frozen: true,
		Meaning: "kind of queue"},
	{Key: "max-priority", Scope: Queue, Kind: count(1, maxPriority), Default: "none", Struct: "Queue", Field: "MaxPriority", Frozen: true,
		Meaning: "number of priorities (classic queues only)"},
	{Key: "max-length", Scope: Queue, Kind: count(1, math.MaxInt32), Default: "no limit", Struct: "Queue", Field: "MaxLength", Frozen: true,
		Meaning: "ready messages that the queue takes"},
	{Key: "overflow", Scope: Queue, Kind: enum("reject-publish", "RejectPublish", "drop-head", "DropHead"), Default: "reject-publish", Struct: "Queue", Field: "Overflow", Frozen: true,
		Meaning: "what a full queue does"},
	{Key: "delivery-limit", Scope: Queue, Kind: count(1, math.MaxInt32), Default: "20", Struct: "Queue", Field: "DeliveryLimit", Frozen: true,
		Meaning: "deliveries before the broker gives up (quorum only)"},
	{Key: "dead-letter-ttl", Scope: Queue, Kind: duration.atLeast(time.Millisecond), Default: "for ever", Struct: "Queue", Field: "DeadLetterTTL", Frozen: true,
		Meaning: "how long dead letters are kept"},
	{Key: "prefetch", Scope: Queue, Kind: count(1, math.MaxUint16), Default: "follows the slots", Struct: "Queue", Field: "Prefetch",
		Meaning: "deliveries that a worker takes in advance"},
	{Key: "concurrency", Scope: Queue, Kind: count(1, math.MaxInt32), Default: "the worker's", Struct: "Queue", Field: "Concurrency",
		Meaning: "tasks of this queue that one worker runs at a time"},
}
