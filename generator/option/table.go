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
		Meaning: "name on the wire; set it to survive renames", Example: "mail.send"},
	{Key: "var", Kind: identifier, Default: "the function's name, exported", Own: true,
		Meaning: "name of the stub", Example: "SendLetter"},
	{Key: "queue", Kind: queueName, Default: "default",
		Meaning: "queue that carries the tasks", Example: "emails"},
	{Key: "broker", Kind: broker, Default: "default",
		Meaning: "registered client that sends and runs the tasks", Example: "eu"},
	{Key: "confirm", Kind: boolean, Default: "true", Struct: "Publish", Field: "Confirm",
		Meaning: "wait for the broker's confirm", Example: "false"},
	{Key: "confirm-timeout", Kind: positive, Default: "5s", Struct: "Publish", Field: "ConfirmTimeout",
		Meaning: "longest wait for the outcome of a send", Example: "2s"},
	{Key: "mandatory", Kind: boolean, Default: "true", Struct: "Publish", Field: "Mandatory",
		Meaning: "an unroutable message is an error", Example: "false"},
	{Key: "persistent", Kind: boolean, Default: "true", Struct: "Publish", Field: "Persistent",
		Meaning: "kept on disk; false takes a classic queue", Example: "false"},
	{Key: "max-delay", Kind: positive.orNone(time.Duration(0)), Default: "the transport's", Struct: "Publish", Field: "MaxDelay",
		Meaning: "longest accepted delay", Example: "24h"},
	{Key: "priority", Kind: count(0, maxPriority).orNone(Const("NoPriority")), Default: "none", Struct: "Publish", Field: "Priority",
		Meaning: "priority of the tasks; best effort on quorum queues", Example: "5"},
	{Key: "max-age", Kind: positive.orNone(time.Duration(0)), Default: "none", Struct: "Work", Field: "MaxAge",
		Meaning: "tasks that were due longer ago are dead-lettered, not run", Example: "1h"},
	{Key: "ack", Kind: enum("sync", "AckSync", "async", "AckAsync", "none", "AckNone"), Default: "sync", Struct: "Work", Field: "Ack",
		Meaning: "when a delivery is acknowledged", Example: "async"},
	{Key: "timeout", Kind: positive.atMost(maxRunTime, "the broker takes a message back after 30m unacknowledged, its consumer timeout").orNone(time.Duration(0)), Default: "10m", Struct: "Work", Field: "Timeout",
		Meaning: "deadline of the handler's context", Example: "30s"},
	{Key: "max-retries", Kind: count(0, math.MaxInt32), Default: "20", Struct: "Work", Field: "MaxRetries",
		Meaning: "how often a failed task is run again", Example: "5"},
	{Key: "min-backoff", Kind: duration, Default: "15s", Struct: "Work", Field: "MinBackoff",
		Meaning: "shortest wait before a retry", Example: "1s"},
	{Key: "max-backoff", Kind: duration, Default: "168h", Struct: "Work", Field: "MaxBackoff",
		Meaning: "wait that the growing backoff never exceeds", Example: "1h"},

	{Key: "type", Scope: Queue, Kind: enum("quorum", "Quorum", "classic", "Classic"), Default: "quorum", Struct: "Queue", Field: "Type", Frozen: true,
		Meaning: "kind of queue", Example: "classic"},
	{Key: "max-priority", Scope: Queue, Kind: count(1, maxPriority), Default: "none", Struct: "Queue", Field: "MaxPriority", Frozen: true,
		Meaning: "number of priorities; takes a classic queue", Example: "9"},
	{Key: "max-length", Scope: Queue, Kind: count(1, math.MaxInt32), Default: "no limit", Struct: "Queue", Field: "MaxLength", Frozen: true,
		Meaning: "ready messages that the queue takes", Example: "100000"},
	{Key: "overflow", Scope: Queue, Kind: enum("reject-publish", "RejectPublish", "drop-head", "DropHead"), Default: "reject-publish", Struct: "Queue", Field: "Overflow", Frozen: true,
		Meaning: "what a full queue does; takes max-length", Example: "drop-head"},
	{Key: "delivery-limit", Scope: Queue, Kind: count(1, math.MaxInt32), Default: "20", Struct: "Queue", Field: "DeliveryLimit", Frozen: true,
		Meaning: "deliveries before the broker gives up; takes a quorum queue", Example: "5"},
	{Key: "dead-letter-ttl", Scope: Queue, Kind: duration.atLeast(time.Millisecond), Default: "for ever", Struct: "Queue", Field: "DeadLetterTTL", Frozen: true,
		Meaning: "how long dead letters are kept", Example: "720h"},
	{Key: "prefetch", Scope: Queue, Kind: count(1, math.MaxUint16), Default: "follows the slots", Struct: "Queue", Field: "Prefetch",
		Meaning: "deliveries that a worker takes in advance", Example: "50"},
	{Key: "concurrency", Scope: Queue, Kind: count(1, math.MaxInt32), Default: "the worker's", Struct: "Queue", Field: "Concurrency",
		Meaning: "tasks of this queue that one worker runs at a time", Example: "4"},
}
