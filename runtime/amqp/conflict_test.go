package amqp

import (
	"reflect"
	"strings"
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"
)

func TestConflictOf(t *testing.T) {
	args := func() amqp.Table {
		return amqp.Table{"x-message-ttl": int64(5), "x-overflow": "reject-publish", "x-queue-type": "quorum"}
	}
	for _, c := range []struct {
		reason string
		want   QueueConflictError
		breaks bool
		after  amqp.Table
	}{
		{
			"PRECONDITION_FAILED - inequivalent arg 'x-message-ttl' for queue 'q' in vhost '/': received the value '5' of type 'signedint' but current is none",
			QueueConflictError{"q", "x-message-ttl", "5", "none"}, false,
			amqp.Table{"x-overflow": "reject-publish", "x-queue-type": "quorum"},
		},
		{
			"PRECONDITION_FAILED - inequivalent arg 'x-message-ttl' for queue 'q' in vhost '/': received the value '5' of type 'signedint' but current is the value '7' of type 'long'",
			QueueConflictError{"q", "x-message-ttl", "5", "7"}, false,
			amqp.Table{"x-message-ttl": int64(7), "x-overflow": "reject-publish", "x-queue-type": "quorum"},
		},
		{
			"PRECONDITION_FAILED - inequivalent arg 'x-overflow' for queue 'q' in vhost '/': received the value 'reject-publish' of type 'longstr' but current is the value 'drop-head' of type 'longstr'",
			QueueConflictError{"q", "x-overflow", "reject-publish", "drop-head"}, false,
			amqp.Table{"x-message-ttl": int64(5), "x-overflow": "drop-head", "x-queue-type": "quorum"},
		},
		{
			"PRECONDITION_FAILED - inequivalent arg 'x-queue-type' for queue 'q' in vhost '/': received 'quorum' but current is 'classic'",
			QueueConflictError{"q", "x-queue-type", "quorum", "classic"}, true, args(),
		},
	} {
		got := conflictOf("q", &amqp.Error{Code: amqp.PreconditionFailed, Reason: c.reason})
		if got == nil || *got != c.want {
			t.Errorf("conflictOf(%q): got %+v, want %+v", c.reason, got, c.want)
			continue
		}
		table := args()
		if adopted := got.adopt(table); adopted == c.breaks {
			t.Errorf("%s: adopted %t, want %t", c.want.Argument, adopted, !c.breaks)
		}
		if !reflect.DeepEqual(table, c.after) {
			t.Errorf("%s: got arguments %v, want %v", c.want.Argument, table, c.after)
		}
		for _, part := range []string{c.want.Queue, c.want.Argument, c.want.Wanted, c.want.Found} {
			if !strings.Contains(got.Error(), part) {
				t.Errorf("error %q does not name %q", got, part)
			}
		}
	}
	if got := conflictOf("q", &amqp.Error{Code: amqp.PreconditionFailed, Reason: "something else"}); got != nil {
		t.Errorf("conflictOf of another reason: got %v, want nil", got)
	}
}
