package layout

import (
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/actorgen/actorgen/runtime/actor"
)

func TestLacking(t *testing.T) {
	queue := Main(&actor.Queue{Name: "q"})
	out := Exit("")[3]
	landing := Landing(&actor.Queue{Name: "q"}, "")
	for _, c := range []struct {
		element Element
		reason  string
		want    string
	}{
		{queue, "ACCESS_REFUSED - access to queue 'q' in vhost '/' refused for user 'u'", "configure or read"},
		{queue, "ACCESS_REFUSED - configure access to queue 'q' in vhost '/' refused for user 'u'", "configure"},
		{queue, "ACCESS_REFUSED - access to exchange 'amq.default' in vhost '/' refused for user 'u'", "write"},
		{DeadLetter(&actor.Queue{Name: "q"}), "access to queue 'q.XQ' in vhost '/' refused", "configure"},
		{out, "access to exchange 'actor.delay.v1.out' in vhost '/' refused", "configure or read"},
		{out, "access to exchange 'actor.delay.v1.lost' in vhost '/' refused", "write"},
		{landing, "access to queue 'q' in vhost '/' refused", "write"},
		{landing, "access to exchange 'actor.delay.v1.out' in vhost '/' refused", "read"},
		{nil, "access to queue 'q' in vhost '/' refused", unknown},
		{queue, "words of another release", unknown},
	} {
		if got := Lacking(c.element, &amqp.Error{Code: amqp.AccessRefused, Reason: c.reason}); got != c.want {
			t.Errorf("%v, %q: got %q, want %q", c.element, c.reason, got, c.want)
		}
	}
}
