package layout

import (
	"reflect"
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"
)

func TestDifferenceOf(t *testing.T) {
	const before = "PRECONDITION_FAILED - inequivalent arg "
	for _, c := range []struct {
		reason        string
		argument      string
		wanted, found string
		start, after  amqp.Table
	}{
		{
			"'x-message-ttl' for queue 'q' in vhost '/': received the value '5' of type 'signedint' but current is none",
			"x-message-ttl", "5", None, amqp.Table{"x-message-ttl": int64(5)}, amqp.Table{},
		},
		{
			"'x-delivery-limit' for queue 'it's for you' in vhost '/': received '5' but current is '20'",
			"x-delivery-limit", "5", "20", amqp.Table{"x-delivery-limit": int64(5)}, amqp.Table{"x-delivery-limit": int64(20)},
		},
		{
			"'x-dead-letter-routing-key' for queue 'q' in vhost '/': received '5' but current is '20'",
			"x-dead-letter-routing-key", "5", "20", amqp.Table{"x-dead-letter-routing-key": "5"}, amqp.Table{"x-dead-letter-routing-key": "20"},
		},
		{
			"'x-dead-letter-routing-key' for queue 'q' in vhost '/': received none but current is the value '20' of type 'longstr'",
			"x-dead-letter-routing-key", None, "20", amqp.Table{}, amqp.Table{"x-dead-letter-routing-key": "20"},
		},
		{
			"'x-single-active-consumer' for queue 'q' in vhost '/': received none but current is the value 'true' of type 'bool'",
			"x-single-active-consumer", None, "true", amqp.Table{}, amqp.Table{"x-single-active-consumer": true},
		},
		{
			"'x-dead-letter-exchange' for queue 'q' in vhost '/': received 'a' but current is ''",
			"x-dead-letter-exchange", "a", "", amqp.Table{"x-dead-letter-exchange": "a"}, amqp.Table{"x-dead-letter-exchange": ""},
		},
		{
			"'type' for exchange 'e' in vhost '/': received 'headers' but current is 'direct'",
			"type", "headers", "direct", nil, nil,
		},
	} {
		d, ok := DifferenceOf(&amqp.Error{Code: amqp.PreconditionFailed, Reason: before + c.reason})
		if !ok || d.Argument != c.argument || d.Wanted != c.wanted || d.Found != c.found {
			t.Errorf("read %q: got %+v, %t, want %s, %s, %s", c.reason, d, ok, c.argument, c.wanted, c.found)
		}
		if c.start == nil {
			continue
		}
		if d.Adopt(c.start); !reflect.DeepEqual(c.start, c.after) {
			t.Errorf("adopt what %q says: got %v, want %v", c.reason, c.start, c.after)
		}
	}
	for _, other := range []amqp.Error{
		{Code: amqp.PreconditionFailed, Reason: "PRECONDITION_FAILED - invalid arg 'x-message-ttl' for queue 'q'"},
		{Code: amqp.NotFound, Reason: before + "'a' for queue 'q': received none but current is none"},
	} {
		if d, ok := DifferenceOf(&other); ok {
			t.Errorf("read %q: got %+v, want none", other.Reason, d)
		}
	}
}
