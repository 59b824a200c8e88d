package actor

import "time"

// The built-in defaults of the two policies, last in the line of precedence.
var (
	defaultPublish = PublishPolicy{
		Confirm:        new(true),
		ConfirmTimeout: new(5 * time.Second),
		Mandatory:      new(true),
		Persistent:     new(true),
		MaxDelay:       new(time.Duration(0)),
		Priority:       new(NoPriority),
	}
	defaultWork = WorkPolicy{
		MaxAge:     new(time.Duration(0)),
		Ack:        new(AckSync),
		Timeout:    new(10 * time.Minute),
		MaxRetries: new(20),
		MinBackoff: new(15 * time.Second),
		MaxBackoff: new(7 * 24 * time.Hour),
	}
)

const (
	maxNameBytes   = 255      // a short string of AMQP 0-9-1
	maxHeaderBytes = 12 << 10 // with those that the runtime adds, at most 16 KiB go out
	maxBodyBytes   = 1 << 20  // RabbitMQ 4 refuses 16 MiB; a task is no file
	maxFailureText = 1 << 10  // of an error that travels in a header
)
